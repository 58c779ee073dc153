package io.hexai.jpa.subscription;

import com.zaxxer.hikari.HikariDataSource;
import java.util.Map;
import javax.sql.DataSource;
import org.hibernate.engine.jdbc.connections.spi.ConnectionProvider;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns of a pool all of whose connections the handlers may hold at once, so that none is left by which a lease is renewed. */
final class PoolSize {

    private static final Logger LOG = LoggerFactory.getLogger(EventSubscription.class);

    private PoolSize() {}

    /**
     * Does nothing where the size is not known.
     *
     * @param partitions of each subscription that this process has started, by name
     */
    static void check(SessionFactoryImplementor factory, Map<String, Integer> partitions) {
        ConnectionProvider provider = factory.getServiceRegistry().requireService(ConnectionProvider.class);
        if (!provider.isUnwrappableAs(DataSource.class)) {
            return;
        }
        HikariDataSource pool = ListenConnections.unwrapped(provider.unwrap(DataSource.class), HikariDataSource.class);
        int handling = partitions.values().stream().mapToInt(Integer::intValue).sum();
        if (pool != null && pool.getMaximumPoolSize() <= handling) {
            LOG.warn(
                    "The pool has {} connection(s), but {} partition(s) of the subscriptions {} may each hold one at once, and then none"
                            + " is left to renew a lease, which is lost: another process takes over, or nobody. Set maximumPoolSize"
                            + " to at least {}, or use fewer partitions(…).",
                    pool.getMaximumPoolSize(),
                    handling,
                    partitions.keySet(),
                    handling + 1);
        }
    }
}
