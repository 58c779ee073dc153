package io.hexai.jpa.database;

import java.sql.Connection;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.DatabaseException;

/**
 * Liquibase's connection, whose commits can be held back. Liquibase commits a changeset before it records it; held back, both
 * reach the database in one commit or not at all. A rollback is never held back.
 */
final class HeldConnection extends JdbcConnection {

    private boolean held;

    HeldConnection(Connection connection) {
        super(connection);
    }

    void hold() {
        held = true;
    }

    void release() {
        held = false;
    }

    @Override
    public void commit() throws DatabaseException {
        if (!held) {
            super.commit();
        }
    }
}
