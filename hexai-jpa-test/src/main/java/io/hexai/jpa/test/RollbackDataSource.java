package io.hexai.jpa.test;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Hands out connections that all work in one database transaction, that of the thread, which is never committed. What a
 * connection takes for a transaction of its own is a savepoint in it.
 */
final class RollbackDataSource extends DelegatingDataSource {

    private final JdbcObserver observer;
    private final ThreadLocal<@Nullable RollbackTransaction> current = new ThreadLocal<>();

    RollbackDataSource(DataSource delegate, JdbcObserver observer) {
        super(delegate);
        this.observer = observer;
    }

    /** Begins a transaction for this thread. Closing it rolls back everything. */
    RollbackTransaction begin() {
        if (current.get() != null) {
            throw new IllegalStateException("Thread '" + Thread.currentThread().getName()
                    + "' has a transaction already that will be rolled back; close it first");
        }
        RollbackTransaction begun = new RollbackTransaction(delegate(), observer, current::remove);
        current.set(begun);
        return begun;
    }

    /** Calls what needs a connection but leaves nothing behind, such as the start of a factory. */
    <R> R aside(Supplier<R> work) {
        if (current.get() != null) {
            return work.get();
        }
        try (RollbackTransaction shortLived = begin()) {
            shortLived.requireOpen();
            return work.get();
        }
    }

    @Override
    public Connection getConnection() throws SQLException {
        RollbackTransaction transaction = current.get();
        if (transaction == null) {
            throw new SQLException(
                    "Thread '" + Thread.currentThread().getName()
                            + "' is not in the transaction that will be rolled back:"
                            + " there is one for the thread of the test, from its constructor to its end. Code that uses"
                            + " other threads is tested with isolation CLONE_PER_METHOD or TRUNCATE.",
                    "08003");
        }
        return RollbackConnection.of(transaction);
    }

    @Override
    public Connection getConnection(String user, @Nullable String password) throws SQLException {
        throw new SQLException("A transaction that will be rolled back has one user, that of its data source", "0A000");
    }
}
