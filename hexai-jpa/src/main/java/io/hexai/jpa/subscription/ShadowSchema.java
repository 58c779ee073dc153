package io.hexai.jpa.subscription;

import java.sql.Connection;
import java.sql.SQLException;

/** Which tables the handlers' unqualified names mean, in a transaction. */
interface ShadowSchema {

    /** Makes them mean the tables of the shadow until the end of the transaction. */
    void enter(Connection connection) throws SQLException;

    /** Fails if the transaction has changed a table that the shadow stands for. */
    void requireUntouched(Connection connection) throws SQLException;

    /** The tables themselves. */
    ShadowSchema NONE = new ShadowSchema() {
        @Override
        public void enter(Connection connection) {}

        @Override
        public void requireUntouched(Connection connection) {}
    };
}
