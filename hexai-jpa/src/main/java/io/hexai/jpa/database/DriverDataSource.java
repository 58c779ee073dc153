package io.hexai.jpa.database;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Arrays;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Connects straight through the JDBC driver, one new connection at each call. It has no text that holds a secret, whereas
 * pool and driver log URLs and properties at their debug levels.
 */
final class DriverDataSource implements DataSource {

    private static final Driver DRIVER = loadDriver();
    private static final Map<String, String> DEFAULTS = Map.of(
            "reWriteBatchedInserts", "true",
            "preparedStatementCacheQueries", "512",
            "preparedStatementCacheSizeMiB", "10",
            "connectTimeout", "5",
            "tcpKeepAlive", "true");

    private final PostgresConfig config;
    private final String url;
    private volatile int loginTimeout;

    DriverDataSource(PostgresConfig config) {
        this.config = config;
        this.url = new PostgresUrlWriter(config).jdbcUrlWithoutQuery();
        this.loginTimeout = (int) Math.max(1, config.connectionTimeout().toSeconds());
    }

    /**
     * By name, since compiling against the driver's own package takes annotations that it does not bring along; and not from
     * {@code DriverManager}, which in containers does not know drivers that come with an application.
     */
    private static Driver loadDriver() {
        try {
            Class<?> driver = Class.forName("org.postgresql.Driver");
            return (Driver) driver.getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("The PostgreSQL driver, org.postgresql:postgresql, cannot be loaded", e);
        }
    }

    /** Returns the names of all parameters that this version of the driver reads. */
    static Set<String> knownParameters() throws SQLException {
        return Arrays.stream(DRIVER.getPropertyInfo("jdbc:postgresql://localhost/postgres", new Properties()))
                .map(property -> property.name)
                .collect(Collectors.toSet());
    }

    @Override
    public Connection getConnection() throws SQLException {
        return getConnection(config.user(), config.password());
    }

    @Override
    public Connection getConnection(String user, @Nullable String password) throws SQLException {
        Properties properties = new Properties();
        properties.putAll(DEFAULTS);
        properties.setProperty(PostgresConfig.APPLICATION_NAME, config.applicationName());
        properties.setProperty("loginTimeout", Integer.toString(loginTimeout));
        properties.putAll(config.parameters());
        properties.setProperty("user", user);
        if (password != null) {
            properties.setProperty("password", password);
        }
        Connection connection = DRIVER.connect(url, properties);
        if (connection == null) {
            throw new SQLException("The PostgreSQL driver does not know the URL " + url);
        }
        return connection;
    }

    @Override
    public int getLoginTimeout() {
        return loginTimeout;
    }

    @Override
    public void setLoginTimeout(int seconds) {
        loginTimeout = seconds;
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("The driver logs through java.util.logging");
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getLogger("org.postgresql");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (!type.isInstance(this)) {
            throw new SQLException("This data source is no " + type.getName());
        }
        return type.cast(this);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return type.isInstance(this);
    }

    @Override
    public String toString() {
        return config.toString();
    }
}
