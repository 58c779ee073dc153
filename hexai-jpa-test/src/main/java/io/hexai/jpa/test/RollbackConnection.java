package io.hexai.jpa.test;

import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A connection in the transaction of a thread, with the manners of one that has its transactions to itself: they begin with a
 * statement and end with commit, rollback or close, and in auto-commit mode each statement is one.
 */
final class RollbackConnection extends JdbcProxy<Connection> implements JdbcObserver {

    private final RollbackTransaction transaction;
    private boolean autoCommit = true;
    private boolean closed;
    private @Nullable String savepoint;

    private RollbackConnection(RollbackTransaction transaction) throws SQLException {
        super(transaction.connection(), Connection.class);
        this.transaction = transaction;
    }

    static Connection of(RollbackTransaction transaction) throws SQLException {
        return new RollbackConnection(transaction).proxy();
    }

    @Override
    @Nullable
    Object call(Method method, @Nullable Object[] arguments) throws Throwable {
        switch (method.getName()) {
            case "isClosed" -> {
                return closed || target().isClosed();
            }
            case "close" -> {
                close();
                return null;
            }
            case "getAutoCommit" -> {
                return autoCommit;
            }
            default -> requireOpen();
        }
        Object statement = ObservedStatement.madeBy(this, method, arguments, this);
        return statement != null ? statement : control(method, arguments);
    }

    private @Nullable Object control(Method method, @Nullable Object[] arguments) throws Throwable {
        switch (method.getName()) {
            case "setAutoCommit" -> setAutoCommit(Boolean.TRUE.equals(arguments[0]));
            case "commit" -> commit();
            case "setSavepoint" -> {
                begin();
                return passOn(method, arguments);
            }
            case "rollback" -> {
                if (arguments.length > 0) {
                    return passOn(method, arguments);
                }
                transaction.observer().beforeRollback();
                rollBack();
            }
            default -> {
                return passOn(method, arguments);
            }
        }
        return null;
    }

    private void requireOpen() throws SQLException {
        if (closed) {
            throw new SQLException("This connection is closed", "08003");
        }
    }

    private void setAutoCommit(boolean on) throws SQLException {
        if (on && !autoCommit) {
            commit();
        }
        autoCommit = on;
    }

    private void begin() throws SQLException {
        if (savepoint == null) {
            savepoint = transaction.openSavepoint();
        }
    }

    private void commit() throws SQLException {
        String ending = savepoint;
        if (ending == null) {
            return;
        }
        try {
            transaction.observer().beforeCommit(transaction.driver());
            transaction.release(ending);
            savepoint = null;
        } catch (SQLException failure) {
            try {
                rollBack();
            } catch (SQLException e) {
                failure.addSuppressed(e);
            }
            throw failure;
        }
        transaction.observer().afterCommit(transaction.driver());
    }

    private void rollBack() throws SQLException {
        String ending = savepoint;
        savepoint = null;
        if (ending != null) {
            transaction.rollBackTo(ending);
        }
    }

    private void close() throws SQLException {
        if (!closed) {
            closed = true;
            rollBack();
        }
    }

    @Override
    public void beforeStatement(Connection physical, String prelude, ExecutedStatement statement) throws SQLException {
        requireOpen();
        begin();
    }

    @Override
    public void afterStatement(Connection physical, boolean succeeded) throws SQLException {
        if (autoCommit) {
            if (succeeded) {
                commit();
            } else {
                rollBack();
            }
        }
    }
}
