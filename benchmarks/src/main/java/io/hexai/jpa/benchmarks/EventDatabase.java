package io.hexai.jpa.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.database.Migrations;
import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.EventStoreBuilder;
import io.hexai.jpa.event.EventTypes;
import io.hexai.jpa.event.HexaiEvent;
import io.hexai.jpa.transaction.UnitOfWork;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.hibernate.cfg.AvailableSettings;
import tools.jackson.databind.json.JsonMapper;

/** A database with the built-in event table, a pool and a unit of work on it. */
final class EventDatabase implements AutoCloseable {

    /** As the store itself has it, so that what JDBC writes and reads is the same JSON. */
    static final JsonMapper MAPPER = EventStoreBuilder.defaultMapper().build();

    private final Database database = new Database();
    private final HikariDataSource pool;
    private final UnitOfWork unitOfWork;

    EventDatabase(int connections) throws SQLException {
        pool = database.pool(connections);
        Migrations.runBuiltIn(pool);
        unitOfWork = UnitOfWork.of(
                database.factory(pool, unchanged(), HexaiEvent.class, CountedEvent.class, LargeTableEvent.class));
    }

    /** Settings of a factory that leaves the tables as the migrations made them. */
    static Map<String, String> unchanged() {
        return Map.of(AvailableSettings.JAKARTA_HBM2DDL_DATABASE_ACTION, "none");
    }

    Database database() {
        return database;
    }

    HikariDataSource pool() {
        return pool;
    }

    EventStoreBuilder store() {
        return EventStore.builder(unitOfWork).types(EventTypes.of(OrderPlaced.class));
    }

    /** Executes each statement in a transaction of its own. */
    void execute(String... statements) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            for (String sql : statements) {
                try (Statement statement = connection.createStatement()) {
                    statement.execute(sql);
                }
                connection.commit();
            }
        }
    }

    /** Returns the first column. */
    List<String> strings(String query) throws SQLException {
        List<String> strings = new ArrayList<>();
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                strings.add(rows.getString(1));
            }
            connection.rollback();
        }
        return strings;
    }

    /** Such statements as VACUUM run in no transaction. */
    void executeAlone(String sql) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(true);
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
            connection.setAutoCommit(false);
        }
    }

    /** So that each turn finds tables and indexes of the same size. */
    void empty(String... tables) throws SQLException {
        for (String table : tables) {
            execute("ALTER TABLE " + table + " DISABLE TRIGGER hexai__append_only", "TRUNCATE " + table);
        }
    }

    @Override
    public void close() throws SQLException {
        database.close();
    }
}
