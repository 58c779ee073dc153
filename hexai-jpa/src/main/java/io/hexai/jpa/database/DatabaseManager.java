package io.hexai.jpa.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Creates and drops the databases of a server. Names are taken as they are, in their own case; whatever one holds, it is
 * only a name.
 *
 * <p>It connects when first used, to the database {@code postgres}, since the configured one may have yet to be created or
 * be about to be dropped; where the server has no {@code postgres} or does not let the user in, to the configured one. It keeps
 * one connection for the next call. Close it when done. Thread-safe.
 */
public final class DatabaseManager implements AutoCloseable {

    private static final String MAINTENANCE_DATABASE = "postgres";
    private static final Duration FIRST_DELAY = Duration.ofMillis(50);
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(1);
    private static final int VALIDATION_SECONDS = 5;
    private static final int FIRST_VERSION_WITH_STRATEGY = 15;

    private final PostgresConfig config;
    private final AtomicReference<@Nullable Connection> spare = new AtomicReference<>();
    private volatile boolean closed;

    @FunctionalInterface
    private interface Work<R> {
        R apply(Connection connection) throws SQLException;
    }

    /** What the server knows about a name. A database whose dropping was interrupted can only be dropped. */
    private enum Presence {
        ABSENT,
        HALF_DROPPED,
        PRESENT
    }

    private DatabaseManager(PostgresConfig config) {
        this.config = config;
    }

    /**
     * Makes a manager; connects to nothing yet.
     *
     * @param config a database on the server, which need not exist, and a user who may create databases
     * @return the manager, to be closed by the caller
     */
    public static DatabaseManager of(PostgresConfig config) {
        return new DatabaseManager(config);
    }

    /**
     * Creates a database from the server's default template. Does nothing if there is one of this name, also when others
     * create it at the same time.
     *
     * @param name the new database's name, at most 63 bytes
     * @throws DatabaseOperationException if the server refuses
     * @throws IllegalStateException if this manager is closed
     */
    public void createDatabase(String name) {
        create(name, "");
    }

    /**
     * Creates a database as a copy of another one, to which nobody may be connected, by copying its files where the server
     * lets one choose (PostgreSQL 15 and later). Does nothing if there is one of this name, whatever it holds.
     *
     * @param name the new database's name, at most 63 bytes
     * @param template the name of the database to copy
     * @throws DatabaseOperationException if the server refuses, for instance since somebody is connected to the template
     * @throws IllegalStateException if this manager is closed
     */
    public void createDatabase(String name, String template) {
        create(name, " TEMPLATE " + Identifiers.quoted(Identifiers.checked("database", template)));
    }

    private void create(String name, String template) {
        String quotedName = Identifiers.quoted(Identifiers.checked("database", name));
        call("Creating database " + quotedName, connection -> {
            Presence presence = presenceOf(connection, name);
            if (presence == Presence.PRESENT) {
                return null;
            }
            if (presence == Presence.HALF_DROPPED) {
                execute(connection, dropStatement(quotedName));
            }
            boolean copiesFiles = !template.isEmpty()
                    && connection.getMetaData().getDatabaseMajorVersion() >= FIRST_VERSION_WITH_STRATEGY;
            try {
                execute(
                        connection,
                        "CREATE DATABASE " + quotedName + template + (copiesFiles ? " STRATEGY file_copy" : ""));
            } catch (SQLException e) {
                if (!SqlStates.isDatabaseExists(e)) {
                    throw e;
                }
            }
            return null;
        });
    }

    /**
     * Drops a database, and ends the sessions that are connected to it. Does nothing if there is none of this name.
     *
     * @param name the database's name
     * @throws DatabaseOperationException if the server refuses
     * @throws IllegalStateException if this manager is closed
     */
    public void dropDatabase(String name) {
        String quotedName = Identifiers.quoted(Identifiers.checked("database", name));
        call("Dropping database " + quotedName, connection -> {
            execute(connection, dropStatement(quotedName));
            return null;
        });
    }

    private static String dropStatement(String quotedName) {
        return "DROP DATABASE IF EXISTS " + quotedName + " WITH (FORCE)";
    }

    /**
     * Tells whether there is a database of this name that can be connected to. One whose dropping was interrupted counts as
     * gone.
     *
     * @param name the name, in its own case
     * @return whether there is
     * @throws DatabaseOperationException if the server cannot be asked
     * @throws IllegalStateException if this manager is closed
     */
    public boolean exists(String name) {
        return call(
                "Looking for database \"" + name + "\"",
                connection -> presenceOf(connection, name) == Presence.PRESENT);
    }

    private static Presence presenceOf(Connection connection, String name) throws SQLException {
        String query = "SELECT datconnlimit = -2 FROM pg_database WHERE datname = ?";
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return Presence.ABSENT;
                }
                return row.getBoolean(1) ? Presence.HALF_DROPPED : Presence.PRESENT;
            }
        }
    }

    /**
     * Returns the names of the databases that are no templates.
     *
     * @return the names in order
     * @throws DatabaseOperationException if the server cannot be asked
     * @throws IllegalStateException if this manager is closed
     */
    public List<String> names() {
        String query =
                "SELECT datname FROM pg_database WHERE NOT datistemplate AND datconnlimit <> -2 ORDER BY datname";
        return call("Listing the databases", connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(query)) {
                List<String> names = new ArrayList<>();
                while (rows.next()) {
                    names.add(rows.getString(1));
                }
                return List.copyOf(names);
            }
        });
    }

    /**
     * Waits until the server takes connections, and returns at once if it does. Tries again after 50 ms, then after up to
     * twice as long each time, to one second at most; a wrong password or the like fails at once. Can be called any number
     * of times.
     *
     * @param timeout how long to go on trying; it is tried at least once
     * @throws DatabaseNotReadyException if the time is over, or the thread is interrupted, which it then stays
     * @throws DatabaseOperationException if the server answers, and refuses the connection for good
     * @throws IllegalStateException if this manager is closed
     */
    public void awaitReady(Duration timeout) {
        long start = System.nanoTime();
        Duration delay = FIRST_DELAY;
        for (int attempt = 1; ; attempt++) {
            SQLException failure = tryToConnect(timeout.minusNanos(System.nanoTime() - start));
            if (failure == null) {
                return;
            }
            Duration waited = Duration.ofNanos(System.nanoTime() - start);
            Duration left = timeout.minus(waited);
            boolean interrupted = Thread.currentThread().isInterrupted();
            if (!interrupted && !SqlStates.isServerNotReady(failure)) {
                throw new DatabaseOperationException("Connecting to " + config.hosts(), failure);
            }
            if (interrupted || left.isZero() || left.isNegative()) {
                throw new DatabaseNotReadyException(config, attempt, waited, failure);
            }
            sleepUpTo(delay.compareTo(left) < 0 ? delay : left);
            delay = delay.multipliedBy(2).compareTo(LONGEST_DELAY) < 0 ? delay.multipliedBy(2) : LONGEST_DELAY;
        }
    }

    /**
     * Processes that started together spread out instead of knocking at the same moments. An interrupt is left to be seen by the
     * next attempt, which the driver gives up for it.
     */
    private static void sleepUpTo(Duration delay) {
        long nanos = delay.toNanos();
        LockSupport.parkNanos(nanos - ThreadLocalRandom.current().nextLong(nanos / 2 + 1));
    }

    private @Nullable SQLException tryToConnect(Duration left) {
        requireOpen();
        try {
            giveBack(connect(left));
            return null;
        } catch (SQLException e) {
            return e;
        }
    }

    private <R extends @Nullable Object> R call(String operation, Work<R> work) {
        requireOpen();
        try {
            Connection connection = take();
            try {
                return work.apply(connection);
            } finally {
                giveBack(connection);
            }
        } catch (SQLException e) {
            throw new DatabaseOperationException(operation + " on " + config.hosts(), e);
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException(
                    "This DatabaseManager is closed; make a new one with DatabaseManager.of(config)");
        }
    }

    private Connection take() throws SQLException {
        Connection kept = spare.getAndSet(null);
        if (kept != null) {
            if (kept.isValid(VALIDATION_SECONDS)) {
                return kept;
            }
            closeQuietly(kept);
        }
        return connect(config.connectionTimeout());
    }

    private Connection connect(Duration timeout) throws SQLException {
        try {
            return connectTo(config.withDatabase(MAINTENANCE_DATABASE), timeout);
        } catch (SQLException e) {
            if (!SqlStates.isNoSuchDatabase(e) && !SqlStates.isNotAdmitted(e)) {
                throw e;
            }
            try {
                return connectTo(config, timeout);
            } catch (SQLException ofTheConfigured) {
                ofTheConfigured.addSuppressed(e);
                throw ofTheConfigured;
            }
        }
    }

    private static Connection connectTo(PostgresConfig config, Duration timeout) throws SQLException {
        DriverDataSource dataSource = new DriverDataSource(config);
        dataSource.setLoginTimeout((int)
                Math.max(1, Math.min(Integer.MAX_VALUE, timeout.plusMillis(999).toSeconds())));
        return dataSource.getConnection();
    }

    private void giveBack(Connection connection) {
        if (closed || !spare.compareAndSet(null, connection)) {
            closeQuietly(connection);
        } else if (closed) {
            closeSpare();
        }
    }

    private void closeSpare() {
        Connection kept = spare.getAndSet(null);
        if (kept != null) {
            closeQuietly(kept);
        }
    }

    /** The work is done or has failed already; a connection that does not close tells nothing about it. */
    private static void closeQuietly(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            // The server ends the session when the socket goes.
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Closes the connection. The manager cannot be used afterwards; closing it again does nothing. */
    @Override
    public void close() {
        closed = true;
        closeSpare();
    }
}
