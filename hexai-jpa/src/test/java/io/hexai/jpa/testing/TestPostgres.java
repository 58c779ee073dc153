package io.hexai.jpa.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The PostgreSQL server of this JVM's tests: the one that {@code HEXAI_TEST_DB_URL} names, else an embedded one, started
 * once. Users of the library have {@code hexai-jpa-test} for this, which the library's own tests cannot depend on.
 */
public final class TestPostgres {

    private static final AtomicInteger COUNTER = new AtomicInteger();
    private static final Pattern JDBC_URL = Pattern.compile("jdbc:postgresql://([^/]+)/([^?]*)(\\?.*)?");

    private TestPostgres() {}

    /** Creates an empty database and returns its JDBC URL, which carries user and password. */
    public static String newDatabase() {
        return newDatabase("template1");
    }

    /** Creates a database as a copy of another one, to which nobody may be connected, and returns its JDBC URL. */
    public static String newDatabase(String template) {
        String name = "test_" + ProcessHandle.current().pid() + "_" + COUNTER.incrementAndGet();
        execute("CREATE DATABASE \"" + name + "\" TEMPLATE \"" + template + "\"" + Server.COPY_STRATEGY);
        return urlOf(name);
    }

    /** Returns the database's name in a JDBC URL. */
    public static String nameIn(String jdbcUrl) {
        return matched(jdbcUrl).group(2);
    }

    /** Drops the database that a JDBC URL names, with whoever is connected. */
    public static void dropDatabase(String jdbcUrl) {
        execute("DROP DATABASE IF EXISTS \"" + nameIn(jdbcUrl) + "\" WITH (FORCE)");
    }

    /** Opens a connection of its own, not pooled. */
    public static Connection connect(String jdbcUrl) {
        try {
            return DriverManager.getConnection(jdbcUrl);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs one statement on the server's maintenance database. */
    public static void execute(String sql) {
        execute(Server.ADMIN_URL, sql);
    }

    /** Runs one statement on a connection of its own, and commits it. */
    public static void execute(String jdbcUrl, String sql) {
        try (Connection connection = connect(jdbcUrl);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** Reads the first column on a connection of its own. */
    public static List<Object> select(String jdbcUrl, String sql) {
        try (Connection connection = connect(jdbcUrl);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<Object> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getObject(1));
            }
            return values;
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private static String urlOf(String database) {
        Matcher url = matched(Server.ADMIN_URL);
        return "jdbc:postgresql://" + url.group(1) + "/" + database + (url.group(3) == null ? "" : url.group(3));
    }

    private static Matcher matched(String jdbcUrl) {
        Matcher matcher = JDBC_URL.matcher(jdbcUrl);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "Expected jdbc:postgresql://host[:port]/database[?user=…&password=…], the form in which"
                            + " HEXAI_TEST_DB_URL is read by the library's own tests");
        }
        return matcher;
    }

    private static final class Server {
        static final String ADMIN_URL = start();

        /** PostgreSQL 14 knows no other way, and no name for it. */
        static final String COPY_STRATEGY = version() < 15 ? "" : " STRATEGY file_copy";

        private static int version() {
            try (Connection connection = DriverManager.getConnection(ADMIN_URL)) {
                return connection.getMetaData().getDatabaseMajorVersion();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        private static String start() {
            String configured = System.getenv("HEXAI_TEST_DB_URL");
            if (configured != null && !configured.isBlank()) {
                return configured.startsWith("jdbc:") ? configured : "jdbc:" + configured;
            }
            try {
                EmbeddedPostgres server = EmbeddedPostgres.builder()
                        .setServerConfig("max_connections", "200")
                        .start();
                return server.getJdbcUrl("postgres", "postgres");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
