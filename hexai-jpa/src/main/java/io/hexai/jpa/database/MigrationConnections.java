package io.hexai.jpa.database;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** The two connections of a run: one holds the lock as long as it lasts, the other one does the work. */
final class MigrationConnections implements AutoCloseable {

    private final MigrationLock lock;
    private final OwnConnection work;

    private MigrationConnections(MigrationLock lock, OwnConnection work) {
        this.lock = lock;
        this.work = work;
    }

    /** Waits for the lock of a ledger; one by one, so that those who wait leave a small pool to the one who works. */
    static MigrationConnections open(DataSource dataSource, String table, boolean readOnly)
            throws SQLException, InterruptedException {
        refusePoolOfOne(dataSource);
        ServerSessions.refuseShared(dataSource);
        MigrationLock lock = MigrationLock.acquire(dataSource, table);
        try {
            OwnConnection work = OwnConnection.open(dataSource, readOnly);
            refuseTheSameTwice(lock, work);
            return new MigrationConnections(lock, work);
        } catch (SQLException e) {
            SQLException explained = new SQLException(
                    "a migration needs two connections at once, and after the first, which holds its lock, no second one"
                            + " was to be had: " + e.getMessage(),
                    e.getSQLState(),
                    e);
            closeSuppressed(lock, explained);
            throw explained;
        } catch (RuntimeException | Error e) {
            closeSuppressed(lock, e);
            throw e;
        }
    }

    private static void refusePoolOfOne(DataSource dataSource) throws SQLException {
        if (dataSource.isWrapperFor(HikariDataSource.class)
                && dataSource.unwrap(HikariDataSource.class).getMaximumPoolSize() < 2) {
            throw new IllegalArgumentException("A migration needs two connections at once, and the pool "
                    + dataSource.unwrap(HikariDataSource.class).getPoolName()
                    + " has one. Give it two, or migrate by the PostgresConfig, which needs no pool");
        }
    }

    /** Where both are one, the first commit of the work would release the lock. */
    private static void refuseTheSameTwice(MigrationLock lock, OwnConnection work) throws SQLException {
        if (ServerSessions.processBetweenTransactions(work.jdbc()) == lock.process()) {
            work.close();
            throw new IllegalArgumentException(
                    "A migration needs two connections at once, and the data source gave the same"
                            + " one twice. Give it a pool of two, or migrate by the PostgresConfig, which needs no pool");
        }
    }

    private static void closeSuppressed(MigrationLock lock, Throwable failure) {
        try {
            lock.close();
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
    }

    MigrationLock lock() {
        return lock;
    }

    /** The connection for the work, without auto-commit. */
    Connection jdbc() {
        return work.jdbc();
    }

    @Override
    public void close() throws SQLException {
        try (lock) {
            work.close();
        }
    }
}
