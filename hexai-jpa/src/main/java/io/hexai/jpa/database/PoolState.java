package io.hexai.jpa.database;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * What a connection pool holds at one moment. The numbers are read one after the other, so that they may disagree by the
 * few connections that changed hands meanwhile. Immutable.
 *
 * @param size connections that are open
 * @param active those of them that are in use
 * @param idle those of them that lie unused
 * @param waiting threads that wait for one
 */
public record PoolState(int size, int active, int idle, int waiting) {

    /**
     * Looks at a pool. One that nobody has used yet, or that is closed, holds nothing.
     *
     * @param dataSource a {@link HikariDataSource}, or a data source that wraps one
     * @return its state now
     * @throws IllegalArgumentException if there is no such pool in it
     */
    public static PoolState of(DataSource dataSource) {
        @Nullable HikariPoolMXBean pool = hikari(dataSource).getHikariPoolMXBean();
        return pool == null
                ? new PoolState(0, 0, 0, 0)
                : new PoolState(
                        pool.getTotalConnections(),
                        pool.getActiveConnections(),
                        pool.getIdleConnections(),
                        pool.getThreadsAwaitingConnection());
    }

    private static HikariDataSource hikari(DataSource dataSource) {
        if (dataSource instanceof HikariDataSource pool) {
            return pool;
        }
        try {
            if (dataSource.isWrapperFor(HikariDataSource.class)) {
                return dataSource.unwrap(HikariDataSource.class);
            }
        } catch (SQLException e) {
            throw new IllegalArgumentException("This data source does not tell what it wraps: " + dataSource, e);
        }
        throw new IllegalArgumentException(
                "Neither a HikariDataSource nor a wrapper of one, so its state is not known: "
                        + dataSource.getClass().getName());
    }
}
