package io.hexai.jpa.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Lets one migration run at a time touch a ledger, among all processes. It is a transaction's advisory lock on a connection of
 * its own: when the process dies, so does its connection, and with it the lock. A session's would stay where a pooler keeps
 * the session.
 *
 * <p>Waiting means asking again, not blocking in the server: a session blocked there keeps a snapshot, for which
 * {@code CREATE INDEX CONCURRENTLY} in the run that holds the lock would wait for ever.
 */
final class MigrationLock implements AutoCloseable {

    /** By this a waiting session can be told from others. */
    static final String TRY_LOCK = "pg_try_advisory_xact_lock";

    /** The first half of the advisory lock's key, "hexa"; the TypeScript library uses the same for the same tables. */
    private static final int NAMESPACE = 0x68657861;

    private static final long FIRST_PAUSE_MILLIS = 20;
    private static final long LONGEST_PAUSE_MILLIS = 500;

    private final OwnConnection connection;
    private final int process;

    private MigrationLock(OwnConnection connection, int process) {
        this.connection = connection;
        this.process = process;
    }

    /** Waits until nobody else holds the lock of this ledger, and holds no connection while it sleeps. */
    static MigrationLock acquire(DataSource dataSource, String table) throws SQLException, InterruptedException {
        for (long pause = FIRST_PAUSE_MILLIS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS)) {
            MigrationLock lock = tryToAcquire(dataSource, table);
            if (lock != null) {
                return lock;
            }
            Thread.sleep(pause);
        }
    }

    private static @Nullable MigrationLock tryToAcquire(DataSource dataSource, String table) throws SQLException {
        OwnConnection connection = OwnConnection.open(dataSource, false);
        try {
            if (!tryLock(connection.jdbc(), table)) {
                connection.close();
                return null;
            }
            MigrationLock lock = new MigrationLock(connection, ServerSessions.processOf(connection.jdbc()));
            liftTimeLimits(connection.jdbc());
            return lock;
        } catch (SQLException | RuntimeException | Error e) {
            closeSuppressed(connection, e);
            throw e;
        }
    }

    /** The lock's connection, in the transaction that holds the lock: to end it is to release the lock. */
    Connection jdbc() {
        return connection.jdbc();
    }

    /** Returns the id of the server's process that holds the lock. */
    int process() {
        return process;
    }

    /**
     * Fails if the lock's connection is gone, since somebody else may then hold the lock; else leaves it idle without a
     * snapshot. That takes a statement which needs none: a query's portal keeps its own until the next one, and
     * {@code CREATE INDEX CONCURRENTLY} waits for the end of all snapshots.
     */
    void check() throws SQLException {
        leaveIdle(connection.jdbc());
    }

    @Override
    public void close() throws SQLException {
        try (connection) {
            connection.jdbc().commit();
        }
    }

    private static boolean tryLock(Connection connection, String table) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT " + TRY_LOCK + "(" + NAMESPACE + ", hashtext(?))")) {
            statement.setString(1, table);
            try (ResultSet result = statement.executeQuery()) {
                return result.next() && result.getBoolean(1);
            }
        }
    }

    /** A long migration leaves this connection idle in its transaction, for which servers may set time limits. */
    private static void liftTimeLimits(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT set_config(name, '0', true) FROM pg_settings WHERE name = 'transaction_timeout'");
        }
        leaveIdle(connection);
    }

    private static void leaveIdle(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL idle_in_transaction_session_timeout = 0");
        }
    }

    private static void closeSuppressed(OwnConnection connection, Throwable failure) {
        try {
            connection.close();
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
    }
}
