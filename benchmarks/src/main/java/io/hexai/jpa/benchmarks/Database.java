package io.hexai.jpa.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.jpa.HibernatePersistenceConfiguration;

/** A database of a contest's own, with the pools and factories that its contestants share; all of it goes with the contest. */
final class Database implements AutoCloseable {

    /** The system property by which the runner tells the JVMs that it forks where the server is. */
    static final String SERVER = "benchmarks.server";

    private static boolean waitsForDisk = true;

    private final String name = "contest_" + UUID.randomUUID().toString().replace('-', '_');
    private final Deque<Runnable> opened = new ArrayDeque<>();

    Database() throws SQLException {
        onServer("CREATE DATABASE " + name);
    }

    private static String serverUrl() {
        return Objects.requireNonNull(System.getProperty(SERVER), SERVER);
    }

    /** The process that listens for connections, the parent of those that serve them. */
    static long serverProcess() {
        return ServerProcess.ID;
    }

    /** Makes commits, of all sessions, wait until they are on the disk, or not. */
    static void waitForDisk(boolean wait) throws SQLException {
        if (wait != waitsForDisk) {
            onServer("ALTER SYSTEM SET synchronous_commit = " + (wait ? "on" : "off"));
            onServer("SELECT pg_reload_conf()");
            waitsForDisk = wait;
        }
    }

    private static void onServer(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(serverUrl());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Returns the URL; its connections count round trips. */
    String url() {
        return serverUrl().replaceFirst("/postgres\\?", "/" + name + "?") + "&socketFactory="
                + CountingSockets.class.getName();
    }

    /** Opens a pool as Hibernate recommends it: without auto-commit, so that nobody has to switch it off. */
    HikariDataSource pool(int size) {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(url());
        pool.setMaximumPoolSize(size);
        pool.setAutoCommit(false);
        opened.push(pool::close);
        return pool;
    }

    /** Opens a factory with Hibernate's defaults on the pool, and creates the tables of its entities. */
    SessionFactory factory(HikariDataSource pool, Class<?>... entities) {
        return factory(pool, Map.of(), entities);
    }

    /** Opens a factory as above, with more settings. */
    SessionFactory factory(HikariDataSource pool, Map<String, ?> settings, Class<?>... entities) {
        HibernatePersistenceConfiguration configuration = new HibernatePersistenceConfiguration("benchmarks")
                .property(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, pool)
                .property(AvailableSettings.CONNECTION_PROVIDER_DISABLES_AUTOCOMMIT, !pool.isAutoCommit())
                .property(AvailableSettings.JAKARTA_HBM2DDL_DATABASE_ACTION, "create")
                .properties(settings);
        for (Class<?> entity : entities) {
            configuration.managedClass(entity);
        }
        SessionFactory factory = configuration.createEntityManagerFactory();
        opened.push(factory::close);
        return factory;
    }

    @Override
    public void close() throws SQLException {
        while (!opened.isEmpty()) {
            opened.pop().run();
        }
        onServer("DROP DATABASE " + name + " WITH (FORCE)");
    }

    /** Asked once. */
    private static final class ServerProcess {

        static final long ID = ask();

        private static long ask() {
            try (Connection connection = DriverManager.getConnection(serverUrl());
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
                row.next();
                return ProcessHandle.of(row.getLong(1))
                        .flatMap(ProcessHandle::parent)
                        .map(ProcessHandle::pid)
                        .orElse(0L);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
