package io.hexai.jpa.examples.quickstart;

import io.hexai.jpa.database.DatabaseManager;
import io.hexai.jpa.database.PostgresConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An empty database of a test's own, and the program run on it. */
final class ShopDatabase implements AutoCloseable {

    private static final AtomicInteger COUNTER = new AtomicInteger();

    private final PostgresConfig config;

    private ShopDatabase(PostgresConfig config) {
        this.config = config;
    }

    static ShopDatabase create() {
        String name = "quickstart_" + ProcessHandle.current().pid() + "_" + COUNTER.incrementAndGet();
        try (DatabaseManager manager = DatabaseManager.of(OneServer.CONFIG)) {
            manager.createDatabase(name);
        }
        return new ShopDatabase(OneServer.CONFIG.withDatabase(name));
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

    Run run(@Nullable Path orders, int threads) throws Exception {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(output, true, StandardCharsets.UTF_8);
        int exitCode = Quickstart.run(new Settings(orders, config, threads), out);
        return new Run(exitCode, output.toString(StandardCharsets.UTF_8));
    }

    PostgresConfig config() {
        return config;
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
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

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(config.toJdbcUrl());
    }

    @Override
    public void close() {
        try (DatabaseManager manager = DatabaseManager.of(OneServer.CONFIG)) {
            manager.dropDatabase(config.database());
        }
    }

    private static final class OneServer {

        static final PostgresConfig CONFIG = start();

        private static PostgresConfig start() {
            try {
                return Server.open(null).config();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
