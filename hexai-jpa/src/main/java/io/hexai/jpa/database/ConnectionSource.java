package io.hexai.jpa.database;

import io.hexai.jpa.transaction.UnitOfWork;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;

/** Where {@link TableManager} gets a connection in a transaction, and who ends both. */
interface ConnectionSource {

    /** What is done on the connection. */
    @FunctionalInterface
    interface Work<R extends @Nullable Object> {
        R apply(Connection connection) throws SQLException;
    }

    <R extends @Nullable Object> R call(Work<R> work) throws SQLException;

    /** Takes a connection for each piece of work, commits it, and gives it back as it was. */
    static ConnectionSource of(DataSource dataSource) {
        return new ConnectionSource() {
            @Override
            public <R extends @Nullable Object> R call(Work<R> work) throws SQLException {
                try (Connection connection = dataSource.getConnection()) {
                    if (connection.getAutoCommit()) {
                        return inTransaction(connection, work);
                    }
                    return committed(connection, work);
                }
            }
        };
    }

    /** Joins the connection's transaction, whose end is its owner's; in auto-commit mode it has none, and gets one. */
    static ConnectionSource of(Connection connection) {
        return new ConnectionSource() {
            @Override
            public <R extends @Nullable Object> R call(Work<R> work) throws SQLException {
                return connection.getAutoCommit() ? inTransaction(connection, work) : work.apply(connection);
            }
        };
    }

    /** Joins the current unit of work, whose changes are flushed first, or opens one. */
    static ConnectionSource of(UnitOfWork unitOfWork) {
        return new ConnectionSource() {
            @Override
            public <R extends @Nullable Object> R call(Work<R> work) throws SQLException {
                return unitOfWork.call(em -> {
                    em.flush();
                    return em.unwrap(Session.class).doReturningWork(work::apply);
                });
            }
        };
    }

    private static <R extends @Nullable Object> R inTransaction(Connection connection, Work<R> work)
            throws SQLException {
        connection.setAutoCommit(false);
        R result;
        try {
            result = committed(connection, work);
        } catch (Throwable e) {
            suppressing(e, () -> connection.setAutoCommit(true));
            throw e;
        }
        connection.setAutoCommit(true);
        return result;
    }

    private static <R extends @Nullable Object> R committed(Connection connection, Work<R> work) throws SQLException {
        R result;
        try {
            result = work.apply(connection);
        } catch (Throwable e) {
            suppressing(e, connection::rollback);
            throw e;
        }
        connection.commit();
        return result;
    }

    /** An end that may fail as well. */
    @FunctionalInterface
    interface CleanUp {
        void run() throws SQLException;
    }

    private static void suppressing(Throwable reason, CleanUp cleanUp) {
        try {
            cleanUp.run();
        } catch (SQLException e) {
            reason.addSuppressed(e);
        }
    }
}
