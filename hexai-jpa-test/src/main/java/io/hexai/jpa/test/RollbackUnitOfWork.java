package io.hexai.jpa.test;

import io.hexai.jpa.transaction.Action;
import io.hexai.jpa.transaction.CommitObserver;
import io.hexai.jpa.transaction.CommitPhase;
import io.hexai.jpa.transaction.PlainAction;
import io.hexai.jpa.transaction.PlainWork;
import io.hexai.jpa.transaction.Registration;
import io.hexai.jpa.transaction.SavepointObserver;
import io.hexai.jpa.transaction.Transaction;
import io.hexai.jpa.transaction.TransactionOptions;
import io.hexai.jpa.transaction.TransactionScope;
import io.hexai.jpa.transaction.UnitOfWork;
import io.hexai.jpa.transaction.Work;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A unit of work that never commits: everything it does lies in one transaction of the database, which is rolled back when it
 * is closed. What would be a transaction is a savepoint in it, so that hooks, nesting, retry and failures are those of
 * the real unit of work, which it uses. Later units of work see what earlier ones did; other connections see nothing.
 *
 * <p>Tests with {@link TestIsolation#ROLLBACK} get this behaviour by injection; this class is for tests that make their
 * own factory. It cannot show
 *
 * <ul>
 *   <li>what other threads or connections do or see; a connection asked for on another thread is refused;
 *   <li>{@code Propagation.NEW} as a transaction of its own: it shares that of the outer, and a warning says so;
 *   <li>another isolation level than the server's default, which PostgreSQL refuses in a savepoint;
 *   <li>{@code now()} moving on, and locks going away, before the end;
 *   <li>failures of COMMIT itself, other than constraints that were put off, which are checked.
 * </ul>
 *
 * <p>Confined to its thread.
 */
public final class RollbackUnitOfWork implements UnitOfWork, AutoCloseable {

    private final RollbackDataSource dataSource;
    private final UnitOfWork unitOfWork;
    private RollbackTransaction transaction;

    private RollbackUnitOfWork(RollbackDataSource dataSource, UnitOfWork unitOfWork, RollbackTransaction transaction) {
        this.dataSource = dataSource;
        this.unitOfWork = unitOfWork;
        this.transaction = transaction;
    }

    /**
     * Begins a transaction that will be rolled back, and makes a unit of work in it.
     *
     * @param dataSource where the transaction's one connection comes from
     * @param unitOfWork makes the real unit of work over the data source that it is given:
     *     {@code rolledBack -> UnitOfWork.of(factoryOver(rolledBack))}
     * @return the unit of work, to be closed on this thread
     */
    public static RollbackUnitOfWork begin(
            DataSource dataSource, Function<? super DataSource, ? extends UnitOfWork> unitOfWork) {
        RollbackDataSource rolledBack = new RollbackDataSource(dataSource, new JdbcObserver() {});
        RollbackTransaction transaction = rolledBack.begin();
        try {
            return new RollbackUnitOfWork(rolledBack, unitOfWork.apply(rolledBack), transaction);
        } catch (RuntimeException | Error e) {
            transaction.close();
            throw e;
        }
    }

    /**
     * Returns the data source whose connections are in the transaction.
     *
     * @return serves this thread only
     */
    public DataSource dataSource() {
        return dataSource;
    }

    /**
     * Rolls back everything done so far and begins anew.
     *
     * @throws IllegalStateException inside a scope, or after {@link #close()}
     */
    public void rollBack() {
        requireOutside();
        transaction.requireOpen();
        transaction.close();
        transaction = dataSource.begin();
    }

    /**
     * Rolls back everything and gives the connection back. The factory stays open.
     *
     * @throws IllegalStateException inside a scope
     */
    @Override
    public void close() {
        requireOutside();
        transaction.close();
    }

    private void requireOutside() {
        if (isActive()) {
            throw new IllegalStateException(
                    "A scope is open; the whole transaction is rolled back outside of scopes only");
        }
    }

    @Override
    public <R extends @Nullable Object, X extends Throwable> R call(Work<R, X> work) throws X {
        return unitOfWork.call(work);
    }

    @Override
    public <R extends @Nullable Object, X extends Throwable> R call(PlainWork<R, X> work) throws X {
        return unitOfWork.call(work);
    }

    @Override
    public <X extends Throwable> void run(Action<X> action) throws X {
        unitOfWork.run(action);
    }

    @Override
    public <X extends Throwable> void run(PlainAction<X> action) throws X {
        unitOfWork.run(action);
    }

    @Override
    public UnitOfWork with(TransactionOptions options) {
        return unitOfWork.with(options);
    }

    @Override
    public TransactionOptions options() {
        return unitOfWork.options();
    }

    @Override
    public TransactionScope begin() {
        return unitOfWork.begin();
    }

    @Override
    public Transaction current() {
        return unitOfWork.current();
    }

    @Override
    public boolean isActive() {
        return unitOfWork.isActive();
    }

    @Override
    public Registration beforeEveryCommit(CommitPhase phase, Consumer<? super Transaction> hook) {
        return unitOfWork.beforeEveryCommit(phase, hook);
    }

    @Override
    public Registration onEveryCommit(CommitObserver observer) {
        return unitOfWork.onEveryCommit(observer);
    }

    @Override
    public Registration onEveryNested(SavepointObserver observer) {
        return unitOfWork.onEveryNested(observer);
    }
}
