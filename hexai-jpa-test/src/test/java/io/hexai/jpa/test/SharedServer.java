package io.hexai.jpa.test;

import io.hexai.jpa.database.PostgresConfig;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** The server on which this module's own tests run, seen without the code under test. */
final class SharedServer {

    private static final TestServer SERVER = TestServer.ofThisJvm();

    private SharedServer() {}

    static PostgresConfig config() {
        PostgresConfig database = SERVER.createDatabase(null);
        SERVER.dropDatabase(database.database());
        return database.withDatabase("postgres");
    }

    static List<String> databases() {
        return select(config(), "SELECT datname FROM pg_database");
    }

    static List<String> select(PostgresConfig config, String sql) {
        try (Connection connection = DriverManager.getConnection(config.toJdbcUrl());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }
}
