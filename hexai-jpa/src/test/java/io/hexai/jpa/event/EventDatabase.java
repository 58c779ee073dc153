package io.hexai.jpa.event;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.database.Migrations;
import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.testing.TestPostgres;
import io.hexai.jpa.transaction.UnitOfWork;
import java.sql.Connection;
import java.util.List;
import java.util.stream.Stream;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.jpa.HibernatePersistenceConfiguration;

/** A database of its own with the built-in schema, further event tables, a pool, and a unit of work over it. */
final class EventDatabase implements AutoCloseable {

    private final String jdbcUrl;
    private final HikariDataSource pool;
    private final SessionFactory factory;
    private final UnitOfWork unitOfWork;

    private EventDatabase(String jdbcUrl, int poolSize, Class<?>... entities) {
        this.jdbcUrl = jdbcUrl;
        this.pool = TestFactory.pool(jdbcUrl, poolSize);
        this.factory = new HibernatePersistenceConfiguration("events")
                .managedClasses(Stream.concat(Stream.of(HexaiEvent.class), Stream.of(entities))
                        .toArray(Class<?>[]::new))
                .property(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, pool)
                .property(AvailableSettings.HBM2DDL_AUTO, areAllMigrated(entities) ? "none" : "update")
                .createEntityManagerFactory();
        this.unitOfWork = UnitOfWork.of(factory);
    }

    private static boolean areAllMigrated(Class<?>... entities) {
        return Stream.of(entities).allMatch(EventEntity.class::isAssignableFrom);
    }

    static EventDatabase create(Class<?>... entities) {
        return create(20, entities);
    }

    static EventDatabase create(int poolSize, Class<?>... entities) {
        return new EventDatabase(TestPostgres.newDatabase(Template.NAME), poolSize, entities);
    }

    SessionFactory newFactory(String defaultSchema) {
        return new HibernatePersistenceConfiguration("events")
                .managedClass(HexaiEvent.class)
                .property(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, pool)
                .property(AvailableSettings.DEFAULT_SCHEMA, defaultSchema)
                .createEntityManagerFactory();
    }

    /** Makes the store as it was when it was new. */
    void reset() {
        execute("ALTER TABLE hexai__events DISABLE TRIGGER ALL; TRUNCATE hexai__events;"
                + " ALTER TABLE hexai__events ENABLE TRIGGER ALL; ALTER SEQUENCE hexai__events_position_seq RESTART;"
                + " INSERT INTO hexai__event_position_counter (id, last_position) VALUES (1, 0)"
                + " ON CONFLICT (id) DO UPDATE SET last_position = 0");
    }

    UnitOfWork unitOfWork() {
        return unitOfWork;
    }

    SessionFactory factory() {
        return factory;
    }

    String jdbcUrl() {
        return jdbcUrl;
    }

    Connection connect() {
        return TestPostgres.connect(jdbcUrl);
    }

    int borrowedConnections() {
        return pool.getHikariPoolMXBean() == null
                ? 0
                : pool.getHikariPoolMXBean().getActiveConnections();
    }

    List<Object> select(String sql) {
        return TestPostgres.select(jdbcUrl, sql);
    }

    void execute(String sql) {
        TestPostgres.execute(jdbcUrl, sql);
    }

    @Override
    public void close() {
        factory.close();
        pool.close();
        TestPostgres.dropDatabase(jdbcUrl);
    }

    private static final class Template {
        static final String NAME = migrated();

        private static String migrated() {
            String url = TestPostgres.newDatabase();
            try (HikariDataSource pool = TestFactory.pool(url, 2)) {
                Migrations.runBuiltIn(pool);
                Migrations.runEventTable(pool, "other_events");
                Migrations.runEventTable(pool, "My-\"Events\" 'X'");
            }
            TestPostgres.execute(url, "CREATE SCHEMA billing");
            try (HikariDataSource pool = TestFactory.pool(url, 2)) {
                pool.setSchema("billing");
                Migrations.runBuiltIn(pool);
                Migrations.runEventTable(pool, "Events");
            }
            return TestPostgres.nameIn(url);
        }
    }
}
