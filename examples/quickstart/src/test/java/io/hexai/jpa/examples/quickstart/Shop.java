package io.hexai.jpa.examples.quickstart;

import io.hexai.jpa.database.PostgresConfig;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Runs the program on a test's database, and looks at what it did there. */
final class Shop {

    private final PostgresConfig database;

    Shop(PostgresConfig database) {
        this.database = database;
    }

    Run run(@Nullable Path orders, int threads) throws Exception {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(output, true, StandardCharsets.UTF_8);
        int exitCode = Quickstart.run(new Settings(orders, database, threads), out);
        return new Run(exitCode, output.toString(StandardCharsets.UTF_8));
    }

    Map<String, String> statusByOrder() throws SQLException {
        return map("SELECT id, status FROM quickstart_order");
    }

    Map<String, Integer> stockBySku() throws SQLException {
        return numbers("SELECT sku, stock FROM quickstart_product");
    }

    /** Reads two columns, the second of which is a number. */
    Map<String, Integer> numbers(String sql) throws SQLException {
        Map<String, Integer> numbers = new TreeMap<>();
        map(sql).forEach((key, number) -> numbers.put(key, Integer.valueOf(number)));
        return numbers;
    }

    /** Reads two columns. */
    Map<String, String> map(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            Map<String, String> map = new TreeMap<>();
            while (rows.next()) {
                map.put(rows.getString(1), rows.getString(2));
            }
            return map;
        }
    }

    long number(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(database.toJdbcUrl());
    }

    /** What a run ended with. */
    record Run(int exitCode, String output) {

        /** Returns the figure of this run in the table that was printed. */
        long figure(String label) {
            String line = output.lines()
                    .dropWhile(candidate -> !candidate.contains("this run"))
                    .filter(candidate -> candidate.strip().startsWith(label + "  "))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(label + " is missing in:\n" + output));
            String figures = line.strip().substring(label.length()).strip();
            return Long.parseLong(figures.split(" +")[0].replace(",", ""));
        }
    }
}
