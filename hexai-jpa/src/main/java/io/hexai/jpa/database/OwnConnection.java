package io.hexai.jpa.database;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * A connection borrowed for a migration, in READ COMMITTED and without auto-commit, that goes back to its pool as it came.
 */
final class OwnConnection implements AutoCloseable {

    private final Connection connection;
    private final boolean autoCommit;
    private final int isolation;

    private OwnConnection(Connection connection) throws SQLException {
        this.connection = connection;
        this.autoCommit = connection.getAutoCommit();
        this.isolation = connection.getTransactionIsolation();
        connection.setAutoCommit(true);
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        connection.setAutoCommit(false);
    }

    static OwnConnection open(DataSource dataSource) throws SQLException {
        Connection connection = dataSource.getConnection();
        try {
            return new OwnConnection(connection);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    Connection jdbc() {
        return connection;
    }

    @Override
    public void close() throws SQLException {
        try (connection) {
            if (!connection.getAutoCommit()) {
                connection.rollback();
            }
            connection.setAutoCommit(true);
            connection.setTransactionIsolation(isolation);
            connection.setAutoCommit(autoCommit);
        }
    }
}
