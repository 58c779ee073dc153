package io.hexai.jpa.database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.postgresql.PGConnection;

/**
 * Tells connections that keep a session of the server to themselves from those that share sessions, as behind a pooler in
 * transaction mode: what a migration sets for its session would reach other clients there, and not its own next transaction.
 *
 * <p>A pooler gives itself away by the process id, which it makes up when it answers for the server. Its mode is nothing
 * that it tells; it shows when two connections, neither of them in a transaction, are served by one process, or one of them
 * by two.
 */
final class ServerSessions {

    /** A quiet pooler shows it in the first round; others may come in between. */
    private static final int ROUNDS = 5;

    private ServerSessions() {}

    /** Borrows one connection, and behind a pooler a second one; leaves nothing behind on them. */
    static void refuseShared(DataSource dataSource) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            if (isDirect(connection)) {
                return;
            }
            try (Connection other = dataSource.getConnection()) {
                refuseShared(connection, other);
            }
        }
    }

    private static void refuseShared(Connection connection, Connection other) throws SQLException {
        int process = processBetweenTransactions(connection);
        for (int round = 0; round < ROUNDS; round++) {
            if (processBetweenTransactions(other) == process || processBetweenTransactions(connection) != process) {
                throw new IllegalArgumentException(
                        "A migration needs connections that keep their session of the server, and"
                                + " these share theirs: a pooler stands between, such as pgbouncer with pool_mode = transaction."
                                + " Connect the migration directly to the server (its own port, usually 5432), or through a pooler in"
                                + " session mode");
            }
        }
    }

    private static boolean isDirect(Connection connection) throws SQLException {
        return connection.isWrapperFor(PGConnection.class)
                && connection.unwrap(PGConnection.class).getBackendPID() == processBetweenTransactions(connection);
    }

    /** Returns what {@link #processOf} does, and ends the transaction, so that a pooler may give the session to somebody else. */
    static int processBetweenTransactions(Connection connection) throws SQLException {
        int process = processOf(connection);
        if (!connection.getAutoCommit()) {
            connection.rollback();
        }
        return process;
    }

    /** Returns the id of the server's process that serves this connection now. */
    static int processOf(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            return row.getInt(1);
        }
    }
}
