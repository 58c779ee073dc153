package io.hexai.jpa.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps Liquibase's command line and plugin out while a run goes on, and lets one that is already running finish.
 *
 * <p>Those mark a row of DATABASECHANGELOGLOCK as locked and commit, so that a process that dies leaves it locked for good. Here
 * the row is only locked by an uncommitted transaction, for which the others wait and which ends with the process. A row
 * that they left locked counts as theirs only as long as one of the sessions that were there at the start may be the owner's.
 */
final class LiquibaseLockRow {

    static final String TABLE = "databasechangeloglock";

    private static final Logger LOG = LoggerFactory.getLogger(Migrations.class);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);
    private static final long PAUSE_MILLIS = 250;

    private LiquibaseLockRow() {}

    /** Takes the row for as long as the lock's transaction lasts; the run's other connection is not taken for its owner's. */
    static void take(MigrationLock lock, Connection work) throws SQLException, InterruptedException {
        Connection connection = lock.jdbc();
        long start = System.nanoTime();
        Savepoint before = connection.setSavepoint();
        String owner = lockedBy(connection);
        while (!owner.isEmpty() && ownerMayLive(connection, ServerSessions.processOf(work), start)) {
            // Else the owner could not unlock it.
            connection.rollback(before);
            Thread.sleep(PAUSE_MILLIS);
            owner = lockedBy(connection);
        }
        if (!owner.isEmpty()) {
            LOG.warn("Taking over the lock in {} that {} left behind", TABLE, owner);
            try (Statement statement = connection.createStatement()) {
                statement.execute("UPDATE " + TABLE + " SET locked = false, lockgranted = NULL, lockedby = NULL");
            }
        }
        lock.check();
    }

    private static String lockedBy(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT locked, coalesce(lockedby, 'an unnamed process')"
                        + " || coalesce(' at ' || lockgranted, '') FROM " + TABLE + " ORDER BY id FOR UPDATE")) {
            String owner = "";
            while (rows.next()) {
                if (rows.getBoolean(1)) {
                    owner = rows.getString(2);
                }
            }
            return owner;
        }
    }

    /**
     * Liquibase keeps its session open, with hardly a pause between two transactions. So sessions that came later, that have
     * done nothing for seconds, or that wait for this run are not its. Of other roles' sessions nothing is known.
     */
    private static boolean ownerMayLive(Connection connection, int workBackend, long start) throws SQLException {
        if (System.nanoTime() - start > LONGEST_WAIT.toNanos()) {
            return false;
        }
        try (PreparedStatement statement = connection.prepareStatement("SELECT EXISTS (SELECT FROM pg_stat_activity"
                + " WHERE datname = current_database() AND coalesce(backend_type, 'client backend') = 'client backend'"
                + " AND pid NOT IN (pg_backend_pid(), ?) AND coalesce(backend_start < now(), true)"
                + " AND query NOT LIKE '%" + MigrationLock.TRY_LOCK + "(%' AND query <> '"
                + OwnConnection.LAST_STATEMENT
                + "'"
                + " AND (coalesce(state, '') <> 'idle' OR state_change > clock_timestamp() - interval '5 seconds'))")) {
            statement.setInt(1, workBackend);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }
}
