package io.hexai.jpa.test;

import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** A connection that tells an observer what it sends. */
final class ObservedConnection extends JdbcProxy<Connection> {

    private final JdbcObserver observer;

    private ObservedConnection(Connection target, JdbcObserver observer) {
        super(target, Connection.class);
        this.observer = observer;
    }

    static Connection of(Connection target, JdbcObserver observer) {
        return new ObservedConnection(target, observer).proxy();
    }

    @Override
    @Nullable
    Object call(Method method, @Nullable Object[] arguments) throws Throwable {
        Object statement = ObservedStatement.madeBy(this, method, arguments, observer);
        if (statement != null) {
            return statement;
        }
        if (method.getName().equals("commit")) {
            commit();
            return null;
        }
        if (method.getName().equals("rollback") && arguments.length == 0) {
            observer.beforeRollback();
        }
        return passOn(method, arguments);
    }

    private void commit() throws SQLException {
        try {
            observer.beforeCommit(target());
        } catch (SQLException failure) {
            rollBack(failure);
            throw failure;
        }
        target().commit();
        observer.afterCommit(target());
    }

    /** As the server does when it refuses a COMMIT. */
    private void rollBack(SQLException failure) {
        try {
            if (!target().isClosed()) {
                target().rollback();
            }
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
    }
}
