package io.hexai.jpa.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the pool of a configuration. */
final class ConnectionPool {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresConfig.class);
    private static final Pattern NOT_IN_NAMES = Pattern.compile("[^\\w.-]");
    private static final Duration LEAST_WAIT = Duration.ofMillis(250);
    private static final Duration LEAST_IDLE = Duration.ofSeconds(10);
    /** Classes named by these may read parameters of their own. */
    private static final Set<String> PLUG_INS = Set.of(
            "socketFactory",
            "sslfactory",
            "sslhostnameverifier",
            "sslpasswordcallback",
            "authenticationPluginClassName");

    private ConnectionPool() {}

    static HikariDataSource open(PostgresConfig config, Consumer<? super HikariConfig> change) {
        warnOfUnknownParameters(config);
        HikariConfig pool = new HikariConfig();
        pool.setPoolName("hexai-" + NOT_IN_NAMES.matcher(config.database()).replaceAll("_"));
        pool.setDataSource(new DriverDataSource(config));
        pool.setUsername(config.user());
        pool.setPassword(config.password());
        pool.setMaximumPoolSize(config.poolSize());
        pool.setMinimumIdle(0);
        pool.setConnectionTimeout(atLeast(LEAST_WAIT, config.connectionTimeout()));
        pool.setIdleTimeout(idleTimeout(config, pool.getMaxLifetime()));
        pool.setInitializationFailTimeout(-1);
        change.accept(pool);
        return new HikariDataSource(pool);
    }

    /** What lies unused until the end of its lifetime is closed then anyway; the pool would warn of it. */
    private static long idleTimeout(PostgresConfig config, long maxLifetime) {
        if (config.idleTimeout().isZero()) {
            return 0;
        }
        long timeout = atLeast(LEAST_IDLE, config.idleTimeout());
        return timeout + 1_000 > maxLifetime ? 0 : timeout;
    }

    private static long atLeast(Duration least, Duration given) {
        return Math.max(least.toMillis(), given.toMillis());
    }

    /** The driver is silent about a parameter that it does not know, which may be a misspelt {@code sslmode}. */
    private static void warnOfUnknownParameters(PostgresConfig config) {
        Set<String> names = config.parameters().keySet();
        if (names.isEmpty() || !Collections.disjoint(names, PLUG_INS)) {
            return;
        }
        try {
            Set<String> known = DriverDataSource.knownParameters();
            names.stream()
                    .filter(name -> !known.contains(name))
                    .forEach(name -> LOG.warn(
                            "The PostgreSQL driver knows no parameter {}: it has no effect", Faults.shown(name)));
        } catch (SQLException e) {
            LOG.debug("The PostgreSQL driver does not list its parameters", e);
        }
    }
}
