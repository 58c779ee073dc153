package io.hexai.jpa.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Lets one migration run at a time touch a ledger, among all processes. It is a session's advisory lock on a connection of
 * its own: when the process dies, so does its connection, and with it the lock.
 *
 * <p>Waiting means asking again, not blocking in the server: a session blocked there keeps a snapshot, for which
 * {@code CREATE INDEX CONCURRENTLY} in the run that holds the lock would wait for ever.
 */
final class MigrationLock implements AutoCloseable {

    /** By this a waiting session can be told from others. */
    static final String TRY_LOCK = "pg_try_advisory_lock";

    /** The first half of the advisory lock's key, "hexa"; the TypeScript library uses the same for the same tables. */
    private static final int NAMESPACE = 0x68657861;

    private static final long FIRST_PAUSE_MILLIS = 20;
    private static final long LONGEST_PAUSE_MILLIS = 500;

    private final OwnConnection connection;
    private final String table;

    private MigrationLock(OwnConnection connection, String table) {
        this.connection = connection;
        this.table = table;
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
            connection.jdbc().setAutoCommit(true);
            if (!advisoryLock(connection.jdbc(), TRY_LOCK, table)) {
                connection.close();
                return null;
            }
            connection.jdbc().setAutoCommit(false);
            liftTimeLimits(connection.jdbc());
            return new MigrationLock(connection, table);
        } catch (SQLException | RuntimeException | Error e) {
            closeSuppressed(connection, e);
            throw e;
        }
    }

    /** The lock's connection, in a transaction that lasts as long as the lock and is committed when it is released. */
    Connection jdbc() {
        return connection.jdbc();
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
            advisoryLock(connection.jdbc(), "pg_advisory_unlock", table);
            connection.jdbc().commit();
        }
    }

    private static boolean advisoryLock(Connection connection, String function, String table) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT " + function + "(" + NAMESPACE + ", hashtext(?))")) {
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
