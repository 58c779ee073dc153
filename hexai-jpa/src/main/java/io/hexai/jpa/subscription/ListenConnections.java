package io.hexai.jpa.subscription;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import javax.sql.DataSource;
import org.hibernate.engine.jdbc.connections.spi.ConnectionProvider;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.common.BaseDataSource;

/**
 * Opens connections that belong to no pool, to where a factory's connections lead. A pooled one would be missing from its pool
 * for as long as there are subscriptions.
 */
final class ListenConnections {

    /** Opens a connection. */
    private interface Opener {
        Connection open() throws SQLException;
    }

    private final Opener opener;

    private ListenConnections(Opener opener) {
        this.opener = opener;
    }

    /** Returns null if the factory's connections come from where none can be had beside a pool. */
    static @Nullable ListenConnections of(SessionFactoryImplementor factory) {
        ConnectionProvider provider = factory.getServiceRegistry().requireService(ConnectionProvider.class);
        if (!provider.isUnwrappableAs(DataSource.class)) {
            return null;
        }
        DataSource dataSource = provider.unwrap(DataSource.class);
        HikariDataSource pool = unwrapped(dataSource, HikariDataSource.class);
        if (pool != null) {
            return ofPool(pool);
        }
        BaseDataSource driver = unwrapped(dataSource, BaseDataSource.class);
        return driver instanceof DataSource direct ? new ListenConnections(direct::getConnection) : null;
    }

    private static @Nullable ListenConnections ofPool(HikariDataSource pool) {
        DataSource source = pool.getDataSource();
        if (source != null) {
            return new ListenConnections(source::getConnection);
        }
        return pool.getJdbcUrl() == null
                ? null
                : new ListenConnections(() -> DriverManager.getConnection(pool.getJdbcUrl(), properties(pool)));
    }

    private static Properties properties(HikariDataSource pool) {
        Properties properties = new Properties();
        pool.getDataSourceProperties().forEach(properties::put);
        var credentials = pool.getCredentials();
        if (credentials.getUsername() != null) {
            properties.setProperty("user", credentials.getUsername());
        }
        if (credentials.getPassword() != null) {
            properties.setProperty("password", credentials.getPassword());
        }
        properties.setProperty("ApplicationName", "hexai-jpa subscriptions");
        return properties;
    }

    static <T> @Nullable T unwrapped(DataSource dataSource, Class<T> type) {
        try {
            if (type.isInstance(dataSource)) {
                return type.cast(dataSource);
            }
            return dataSource.isWrapperFor(type) ? dataSource.unwrap(type) : null;
        } catch (SQLException e) {
            return null;
        }
    }

    Connection open() throws SQLException {
        return opener.open();
    }
}
