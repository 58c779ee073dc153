package io.hexai.jpa.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.database.Migrations;
import io.hexai.jpa.event.HexaiEvent;
import io.hexai.jpa.transaction.UnitOfWork;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.jpa.HibernatePersistenceConfiguration;

/** A server that keeps what it has committed, as in production, with the built-in schema. */
final class EventServer implements AutoCloseable {

    private final EmbeddedPostgres server;
    private final HikariDataSource pool;
    private final SessionFactory factory;

    EventServer(int connections) throws IOException {
        server = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("max_connections", String.valueOf(connections + 10))
                .start();
        pool = new HikariDataSource();
        pool.setJdbcUrl(server.getJdbcUrl("postgres", "postgres"));
        pool.setMaximumPoolSize(connections);
        Migrations.runBuiltIn(pool);
        factory = new HibernatePersistenceConfiguration("events")
                .managedClass(HexaiEvent.class)
                .property(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, pool)
                .createEntityManagerFactory();
    }

    HikariDataSource pool() {
        return pool;
    }

    UnitOfWork unitOfWork() {
        return UnitOfWork.of(factory);
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Returns the first of so many positions; other writers must not draw meanwhile. */
    long drawPositions(int count) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT min(nextval('hexai__events_position_seq')) FROM generate_series(1, " + count + ")")) {
            row.next();
            return row.getLong(1);
        }
    }

    @Override
    public void close() throws IOException {
        factory.close();
        pool.close();
        server.close();
    }
}
