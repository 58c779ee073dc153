package io.hexai.jpa.test;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.database.DatabaseManager;
import io.hexai.jpa.database.PostgresConfig;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Marks the databases of this JVM as its own: their names carry a number on which it holds an advisory lock. The server gives
 * the lock up when the JVM dies, on whatever machine that was, and the next one drops what nobody owns.
 */
final class DatabaseOwner {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresTest.class);
    private static final String PREFIX = "hexai_test_";
    private static final Pattern NAME = Pattern.compile(PREFIX + "([0-9a-f]{8})_\\d+");
    /** "hexa", so as not to meet anybody else's locks. */
    private static final int LOCK_CLASS = 0x68657861;

    private final HikariDataSource pool;
    private final Connection holder;
    private final int number;

    private DatabaseOwner(HikariDataSource pool, Connection holder, int number) {
        this.pool = pool;
        this.holder = holder;
        this.number = number;
    }

    static DatabaseOwner register(PostgresConfig config) {
        HikariDataSource pool = config.withApplicationName("hexai-jpa-test owner")
                .openDataSource(settings -> {
                    settings.setMaximumPoolSize(1);
                    settings.setMaxLifetime(0);
                });
        try {
            Connection holder = pool.getConnection();
            try (Statement statement = holder.createStatement()) {
                statement.execute("SET idle_session_timeout = 0");
            }
            int number;
            do {
                number = ThreadLocalRandom.current().nextInt();
            } while (!isLocked(holder, number));
            return new DatabaseOwner(pool, holder, number);
        } catch (SQLException e) {
            pool.close();
            throw new IllegalStateException("Cannot connect to " + config + " for the tests: " + e.getMessage(), e);
        }
    }

    private static boolean isLocked(Connection connection, int number) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT pg_try_advisory_lock(?, ?)")) {
            statement.setInt(1, LOCK_CLASS);
            statement.setInt(2, number);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    String nameOf(int database) {
        return prefix() + database;
    }

    private String prefix() {
        return String.format(Locale.ROOT, "%s%08x_", PREFIX, number);
    }

    /** Names are read before locks: an owner takes its lock before it makes its first database. */
    void dropAbandoned(DatabaseManager databases) {
        List<String> names = databases.names();
        Set<String> alive = liveOwners();
        for (String name : names) {
            Matcher matcher = NAME.matcher(name);
            if (matcher.matches() && !alive.contains(matcher.group(1))) {
                LOG.info("Dropping database {}, left behind by a test run that was killed", name);
                drop(databases, name);
            }
        }
    }

    private Set<String> liveOwners() {
        try (PreparedStatement statement =
                holder.prepareStatement("SELECT DISTINCT lpad(to_hex(objid::bigint), 8, '0') FROM pg_locks"
                        + " WHERE locktype = 'advisory' AND objsubid = 2 AND classid::bigint = ? AND granted")) {
            statement.setLong(1, LOCK_CLASS);
            Set<String> owners = new HashSet<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    owners.add(rows.getString(1));
                }
            }
            return owners;
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot tell whose the databases of the test server are", e);
        }
    }

    private static void drop(DatabaseManager databases, String name) {
        try {
            databases.dropDatabase(name);
        } catch (RuntimeException e) {
            LOG.warn("Cannot drop database {}", name, e);
        }
    }

    /** Drops what is left of this JVM's databases. */
    void close(DatabaseManager databases) {
        try (databases) {
            databases.names().stream().filter(name -> name.startsWith(prefix())).forEach(databases::dropDatabase);
        } catch (RuntimeException e) {
            LOG.debug("Cannot drop the databases {}…", prefix(), e);
        } finally {
            pool.close();
        }
    }
}
