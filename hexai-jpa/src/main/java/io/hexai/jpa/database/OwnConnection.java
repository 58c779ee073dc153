package io.hexai.jpa.database;

import io.hexai.jpa.internal.SupportedVersions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/**
 * A connection borrowed for a migration, in READ COMMITTED and without auto-commit, that goes back to its pool as it came.
 *
 * <p>Its server process looks every second whether this one still lives: otherwise it would learn of a death only at the end of
 * its statement, and keep its locks from the next run until then.
 */
final class OwnConnection implements AutoCloseable {

    /** The last statement on a connection that was given back; by it such a session can be told from others. */
    static final String LAST_STATEMENT = "RESET client_connection_check_interval";

    /** Not every platform that PostgreSQL runs on can. */
    private static final String WATCH_CLIENT =
            "DO $$ BEGIN PERFORM set_config('client_connection_check_interval', '1s', false);"
                    + " EXCEPTION WHEN OTHERS THEN NULL; END $$";

    private final Connection connection;
    private final boolean autoCommit;
    private final int isolation;
    private final boolean readOnly;

    private OwnConnection(Connection connection, boolean readOnly) throws SQLException {
        SupportedVersions.requirePostgres(connection);
        this.connection = connection;
        this.autoCommit = connection.getAutoCommit();
        this.isolation = connection.getTransactionIsolation();
        this.readOnly = connection.isReadOnly();
        connection.setAutoCommit(true);
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        execute(connection, WATCH_CLIENT);
        connection.setReadOnly(readOnly);
        connection.setAutoCommit(false);
    }

    static OwnConnection open(DataSource dataSource, boolean readOnly) throws SQLException {
        Connection connection = dataSource.getConnection();
        try {
            return new OwnConnection(connection, readOnly);
        } catch (SQLException | RuntimeException e) {
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
            connection.setReadOnly(readOnly);
            connection.setTransactionIsolation(isolation);
            execute(connection, LAST_STATEMENT);
            connection.setAutoCommit(autoCommit);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
