package io.hexai.jpa.test;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Hands out connections that are watched. It lies below the pool, so that nothing on a pooled connection goes unseen. */
final class ObservedDataSource extends DelegatingDataSource {

    private final JdbcObserver observer;

    ObservedDataSource(DataSource delegate, JdbcObserver observer) {
        super(delegate);
        this.observer = observer;
    }

    @Override
    public Connection getConnection() throws SQLException {
        return ObservedConnection.of(delegate().getConnection(), observer);
    }

    @Override
    public Connection getConnection(String user, @Nullable String password) throws SQLException {
        return ObservedConnection.of(delegate().getConnection(user, password), observer);
    }
}
