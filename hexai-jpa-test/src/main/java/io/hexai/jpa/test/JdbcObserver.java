package io.hexai.jpa.test;

import java.sql.Connection;
import java.sql.SQLException;

/** Sees what goes to the server, and may make it fail. Must be thread-safe. */
interface JdbcObserver {

    /**
     * Called before a statement is sent.
     *
     * @param physical the driver's connection, on which the observer may act unseen
     * @param prelude what a unit of work sends along before it, ready to be followed by a statement; may be empty
     * @param statement what is about to be sent
     * @throws SQLException what the statement fails with instead of being sent
     */
    default void beforeStatement(Connection physical, String prelude, ExecutedStatement statement)
            throws SQLException {}

    /**
     * Called after a statement was sent, or failed before.
     *
     * @param physical the driver's connection, on which the observer may act unseen
     * @param succeeded whether it did
     * @throws SQLException what the statement seems to fail with
     */
    default void afterStatement(Connection physical, boolean succeeded) throws SQLException {}

    /**
     * Called before a COMMIT is sent. If it fails, the transaction is rolled back.
     *
     * @param physical the driver's connection, on which the observer may act unseen
     * @throws SQLException what the COMMIT fails with instead of being sent
     */
    default void beforeCommit(Connection physical) throws SQLException {}

    /**
     * Called after a COMMIT has succeeded.
     *
     * @param physical the driver's connection, on which the observer may act unseen
     * @throws SQLException what the COMMIT seems to fail with
     */
    default void afterCommit(Connection physical) throws SQLException {}

    /** Called before a ROLLBACK of the whole transaction is sent. */
    default void beforeRollback() {}
}
