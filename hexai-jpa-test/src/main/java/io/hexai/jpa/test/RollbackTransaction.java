package io.hexai.jpa.test;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one transaction behind all connections of a thread, and the savepoints in it, the innermost last. Confined to its thread.
 */
final class RollbackTransaction implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RollbackUnitOfWork.class);
    private static final int FIRST_WITH_TRANSACTION_TIMEOUT = 17;

    private final DataSource source;
    private final JdbcObserver observer;
    private final Runnable whenClosed;
    private final List<String> savepoints = new ArrayList<>();
    private @Nullable Connection connection;
    private int opened;
    private boolean closed;

    RollbackTransaction(DataSource source, JdbcObserver observer, Runnable whenClosed) {
        this.source = source;
        this.observer = observer;
        this.whenClosed = whenClosed;
    }

    JdbcObserver observer() {
        return observer;
    }

    void requireOpen() {
        if (closed) {
            throw new IllegalStateException("The transaction was rolled back, and its connections are closed");
        }
    }

    /** The connection of the transaction, taken when first needed. */
    Connection connection() throws SQLException {
        requireOpen();
        if (connection == null) {
            Connection taken = source.getConnection();
            connection = taken;
            taken.setAutoCommit(false);
        }
        return connection;
    }

    String openSavepoint() throws SQLException {
        if (!savepoints.isEmpty()) {
            LOG.warn("A second connection begins a transaction while the first is in one, as Propagation.NEW does. Here"
                    + " both are one transaction: the second sees what the first has written, and is undone with it.");
        }
        String savepoint = "hexai_test_" + ++opened;
        send("SAVEPOINT " + savepoint);
        savepoints.add(savepoint);
        return savepoint;
    }

    /**
     * Ends a savepoint as COMMIT would end a transaction: constraints that were put off are checked, by a step that is
     * itself undone so that they are put off again, and settings made for the transaction end with it.
     */
    void release(String savepoint) throws SQLException {
        if (forget(savepoint)) {
            try {
                send(
                        "SAVEPOINT hexai_test_check; SET CONSTRAINTS ALL IMMEDIATE; ROLLBACK TO SAVEPOINT hexai_test_check; "
                                + "RELEASE SAVEPOINT hexai_test_check; RELEASE SAVEPOINT " + savepoint + "; "
                                + resetSettings());
            } catch (SQLException e) {
                savepoints.add(savepoint);
                throw e;
            }
        }
    }

    private String resetSettings() throws SQLException {
        boolean hasTransactionTimeout =
                connection().getMetaData().getDatabaseMajorVersion() >= FIRST_WITH_TRANSACTION_TIMEOUT;
        return "SET LOCAL lock_timeout TO DEFAULT; SET LOCAL statement_timeout TO DEFAULT"
                + (hasTransactionTimeout ? "; SET LOCAL transaction_timeout TO DEFAULT" : "");
    }

    void rollBackTo(String savepoint) throws SQLException {
        if (forget(savepoint)) {
            send("ROLLBACK TO SAVEPOINT " + savepoint + "; RELEASE SAVEPOINT " + savepoint);
        }
    }

    /** One that lies in another ends with that, and then is not there any more. */
    private boolean forget(String savepoint) {
        int index = savepoints.indexOf(savepoint);
        if (index >= 0) {
            savepoints.subList(index, savepoints.size()).clear();
        }
        return index >= 0;
    }

    /** On the driver's own connection, since nobody asked for these statements. */
    void send(String sql) throws SQLException {
        try (Statement statement = driver().createStatement()) {
            statement.execute(sql);
        }
    }

    Connection driver() throws SQLException {
        return (Connection) connection().unwrap(PGConnection.class);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        whenClosed.run();
        if (connection != null) {
            try (Connection ended = connection) {
                ((Connection) ended.unwrap(PGConnection.class)).rollback();
                ended.setAutoCommit(true);
            } catch (SQLException e) {
                LOG.warn("Rolling back the transaction of the test failed; its connection is cut off", e);
            }
        }
    }
}
