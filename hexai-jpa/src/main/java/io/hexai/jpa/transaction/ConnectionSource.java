package io.hexai.jpa.transaction;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.hibernate.engine.jdbc.connections.spi.ConnectionProvider;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/** Where the physical connections of a unit of work come from and go back to. Thread-safe. */
final class ConnectionSource {

    private static final String ADVICE =
            " Size the pool for (threads × (depth of NEW + 1)) connections, or do not open NEW inside"
                    + " a transaction that has used the database.";

    private final ConnectionProvider provider;
    private final AtomicInteger heldByWaiting = new AtomicInteger();
    private final JoinedTexts joinedTexts = new JoinedTexts();

    private ConnectionSource(ConnectionProvider provider) {
        this.provider = provider;
    }

    /** Takes the connections from where the factory itself takes them, whoever configured it. */
    static ConnectionSource of(SessionFactoryImplementor factory) {
        return new ConnectionSource(factory.getServiceRegistry().requireService(ConnectionProvider.class));
    }

    JoinedTexts joinedTexts() {
        return joinedTexts;
    }

    Connection acquire() throws SQLException {
        return provider.getConnection();
    }

    /**
     * Acquires a connection for a thread that holds some already. If all of the pool are held by threads that wait for one
     * more, none will ever come free, and the last of them fails at once instead of after the pool's timeout.
     */
    Connection acquireAnother(int heldByThisThread) throws SQLException {
        int held = heldByWaiting.addAndGet(heldByThisThread);
        try {
            if (held >= capacity()) {
                throw new SQLException(
                        "No connection for Propagation.NEW: all " + held
                                + " connections of the pool are held by transactions" + " that wait for another one."
                                + ADVICE,
                        "53300");
            }
            return acquire();
        } catch (SQLException e) {
            if ("53300".equals(e.getSQLState())) {
                throw e;
            }
            throw new SQLException(
                    "No connection for Propagation.NEW, while suspended transactions of this thread hold "
                            + heldByThisThread + "." + ADVICE,
                    e.getSQLState(),
                    e);
        } finally {
            heldByWaiting.addAndGet(-heldByThisThread);
        }
    }

    /** The pool's size where it is known; else there is no telling. */
    private int capacity() {
        return provider.isUnwrappableAs(DataSource.class)
                        && provider.unwrap(DataSource.class) instanceof HikariDataSource pool
                ? pool.getMaximumPoolSize()
                : Integer.MAX_VALUE;
    }

    void release(Connection connection) throws SQLException {
        provider.closeConnection(connection);
    }

    /** Releases a connection as it was; one that cannot be brought back to its first state is cut off instead. */
    void takeBack(Connection connection, boolean autoCommit) throws SQLException {
        try {
            restore(connection, autoCommit);
        } catch (SQLException | RuntimeException | Error e) {
            cutOff(connection, e);
            throw e;
        } finally {
            release(connection);
        }
    }

    private static void cutOff(Connection connection, Throwable reason) {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException | RuntimeException e) {
            Failures.suppress(reason, e);
        }
    }

    /** Switching auto-commit on would commit an open transaction, so that has to be over for certain. */
    private static void restore(Connection connection, boolean autoCommit) throws SQLException {
        if (!connection.isClosed()) {
            if (state(connection) != TransactionState.IDLE) {
                connection.rollback();
            }
            if (connection.getAutoCommit() != autoCommit) {
                connection.setAutoCommit(autoCommit);
            }
        }
    }

    static TransactionState state(Connection connection) throws SQLException {
        return connection.unwrap(BaseConnection.class).getTransactionState();
    }
}
