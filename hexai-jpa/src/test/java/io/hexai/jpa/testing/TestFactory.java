package io.hexai.jpa.testing;

import com.github.benmanes.caffeine.jcache.spi.CaffeineCachingProvider;
import com.zaxxer.hikari.HikariDataSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.hibernate.SessionFactory;
import org.hibernate.cache.jcache.ConfigSettings;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.jpa.HibernatePersistenceConfiguration;

/** A database of its own, with tables made from the entity classes, a pool, and a factory over it. */
public final class TestFactory implements AutoCloseable {

    private final String jdbcUrl;
    private final HikariDataSource pool;
    private final SessionFactory factory;

    private TestFactory(String jdbcUrl, HikariDataSource pool, Map<String, ?> properties, Class<?>... entities) {
        this.jdbcUrl = jdbcUrl;
        this.pool = pool;
        this.factory = new HibernatePersistenceConfiguration("test")
                .managedClasses(entities)
                .property(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, pool)
                .property(AvailableSettings.JAKARTA_HBM2DDL_DATABASE_ACTION, "create")
                .property(AvailableSettings.USE_SECOND_LEVEL_CACHE, false)
                .properties(properties)
                .createEntityManagerFactory();
    }

    public static TestFactory of(Class<?>... entities) {
        return of(Map.of(), entities);
    }

    public static TestFactory of(Map<String, ?> properties, Class<?>... entities) {
        String url = TestPostgres.newDatabase();
        return new TestFactory(url, pool(url, 10), properties, entities);
    }

    /** One with a second-level cache and a query cache that are made as entities and queries ask for them, and statistics of both. */
    public static TestFactory withCaches(Map<String, ?> properties, Class<?>... entities) {
        Map<String, Object> all = new HashMap<>(properties);
        all.put(AvailableSettings.USE_SECOND_LEVEL_CACHE, true);
        all.put(AvailableSettings.USE_QUERY_CACHE, true);
        all.put(AvailableSettings.CACHE_REGION_FACTORY, "jcache");
        all.put(ConfigSettings.PROVIDER, CaffeineCachingProvider.class.getName());
        all.put(ConfigSettings.MISSING_CACHE_STRATEGY, "create");
        all.put(AvailableSettings.GENERATE_STATISTICS, true);
        return of(all, entities);
    }

    public static HikariDataSource pool(String jdbcUrl, int size) {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(jdbcUrl);
        pool.setMaximumPoolSize(size);
        pool.setMinimumIdle(0);
        pool.setConnectionTimeout(2_000);
        return pool;
    }

    public SessionFactory factory() {
        return factory;
    }

    public HikariDataSource pool() {
        return pool;
    }

    public String jdbcUrl() {
        return jdbcUrl;
    }

    /** Connections that somebody holds right now. */
    public int borrowedConnections() {
        return pool.getHikariPoolMXBean() == null
                ? 0
                : pool.getHikariPoolMXBean().getActiveConnections();
    }

    /** Reads the first column with a connection that no unit of work knows of. */
    public List<Object> select(String sql) {
        return TestPostgres.select(jdbcUrl, sql);
    }

    /** Runs one statement with a connection that no unit of work knows of, and commits it. */
    public void execute(String sql) {
        TestPostgres.execute(jdbcUrl, sql);
    }

    @Override
    public void close() {
        factory.close();
        pool.close();
        TestPostgres.dropDatabase(jdbcUrl);
    }
}
