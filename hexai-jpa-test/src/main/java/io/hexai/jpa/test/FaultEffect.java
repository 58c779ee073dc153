package io.hexai.jpa.test;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** How a fault strikes. */
sealed interface FaultEffect {

    String CONNECTION_FAILURE = "08006";

    /** Strikes before a statement is sent, with what would go along before it or without. */
    default void before(Connection physical, String prelude) throws SQLException {}

    /** Strikes after the server has done what was asked. */
    default void after(Connection physical) throws SQLException {}

    private static SQLException cut(Connection physical, String when) throws SQLException {
        physical.abort(Runnable::run);
        return new SQLException("The connection was cut by Faults " + when, CONNECTION_FAILURE);
    }

    /** The server itself raises the error, in the place of the statement, so that transaction and exception are what they always are. */
    record Fail(String sqlState) implements FaultEffect {
        @Override
        public void before(Connection physical, String prelude) throws SQLException {
            try (Statement statement = physical.createStatement()) {
                statement.execute(prelude + "DO $$ BEGIN RAISE EXCEPTION 'injected by Faults' USING ERRCODE = '"
                        + sqlState + "'; END $$");
            }
        }
    }

    record LoseConnection() implements FaultEffect {
        @Override
        public void before(Connection physical, String prelude) throws SQLException {
            throw cut(physical, "before anything was sent");
        }
    }

    record LoseConnectionAfterwards() implements FaultEffect {
        @Override
        public void after(Connection physical) throws SQLException {
            throw cut(physical, "before the answer arrived");
        }
    }
}
