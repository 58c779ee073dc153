package io.hexai.jpa.transaction;

import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Runs work in transactions that open, join, nest and retry.
 *
 * <p>When the work returns, its changes are committed; when it throws anything, an {@link Error} included, they are rolled
 * back and the same throwable leaves, unwrapped. Success means committed: work that swallowed a failure of the database is
 * told so by an {@link UnexpectedRollbackException}. A scope that issues no SQL takes no connection.
 *
 * <p>Entities that the work returns are detached. A scope belongs to its thread and is not inherited by others. Thread-safe;
 * share one instance and its views. All views share one current transaction for each thread; two unit of works made by
 * separate calls of {@link #of(EntityManagerFactory)} do not.
 */
public interface UnitOfWork {

    /**
     * Creates a unit of work with {@link TransactionOptions#defaults() default options}.
     *
     * @param factory a resource-local factory of Hibernate, made in any way; it is not closed with the unit of work
     * @return the unit of work
     * @throws IllegalArgumentException if the factory is closed, is not Hibernate's, is not for PostgreSQL, or uses JTA or
     *     multi-tenancy
     */
    static UnitOfWork of(EntityManagerFactory factory) {
        return builder(factory).build();
    }

    /**
     * Starts to build a unit of work.
     *
     * @param factory a resource-local factory of Hibernate, made in any way; it is not closed with the unit of work
     * @return the builder
     * @throws IllegalArgumentException if the factory is closed, is not Hibernate's, is not for PostgreSQL, or uses JTA or
     *     multi-tenancy
     */
    static UnitOfWorkBuilder builder(EntityManagerFactory factory) {
        return new UnitOfWorkBuilder(factory);
    }

    /**
     * Runs work and returns its result.
     *
     * @param work given the scope's entity manager
     * @param <R> the result
     * @param <X> what the work may throw
     * @return what the work returned
     * @throws X what the work threw, after the rollback
     * @throws UnexpectedRollbackException if the work returned, but something in it had failed
     * @throws IncompatibleTransactionException if the options contradict the transaction to be joined
     */
    <R extends @Nullable Object, X extends Throwable> R call(Work<R, X> work) throws X;

    /**
     * Runs work and returns its result.
     *
     * @param work run inside the scope
     * @param <R> the result
     * @param <X> what the work may throw
     * @return what the work returned
     * @throws X what the work threw, after the rollback
     * @throws UnexpectedRollbackException if the work returned, but something in it had failed
     * @throws IncompatibleTransactionException if the options contradict the transaction to be joined
     */
    <R extends @Nullable Object, X extends Throwable> R call(PlainWork<R, X> work) throws X;

    /**
     * Runs work that returns nothing.
     *
     * @param action given the scope's entity manager
     * @param <X> what the work may throw
     * @throws X what the work threw, after the rollback
     * @throws UnexpectedRollbackException if the work returned, but something in it had failed
     * @throws IncompatibleTransactionException if the options contradict the transaction to be joined
     */
    <X extends Throwable> void run(Action<X> action) throws X;

    /**
     * Runs work that returns nothing.
     *
     * @param action run inside the scope
     * @param <X> what the work may throw
     * @throws X what the work threw, after the rollback
     * @throws UnexpectedRollbackException if the work returned, but something in it had failed
     * @throws IncompatibleTransactionException if the options contradict the transaction to be joined
     */
    <X extends Throwable> void run(PlainAction<X> action) throws X;

    /**
     * Returns a view whose scopes run with the given options, all of the current ones replaced.
     *
     * @param options the new options
     * @return the view, cheap to make and to share
     */
    UnitOfWork with(TransactionOptions options);

    /**
     * Returns a view whose scopes run with the current options but for the propagation.
     *
     * @param propagation the new propagation
     * @return the view, cheap to make and to share
     */
    default UnitOfWork with(Propagation propagation) {
        return with(options().withPropagation(propagation));
    }

    /**
     * Returns a view whose scopes run with changed options: {@code unitOfWork.with(o -> o.withReadOnly(true))}.
     *
     * @param change applied once, at this call
     * @return the view, cheap to make and to share
     */
    default UnitOfWork with(UnaryOperator<TransactionOptions> change) {
        return with(change.apply(options()));
    }

    /**
     * Returns the options with which scopes of this view run.
     *
     * @return the options
     */
    TransactionOptions options();

    /**
     * Opens a scope that is demarcated by hand; it never retries.
     *
     * @return the scope, to be closed on this thread
     * @throws IncompatibleTransactionException if the options contradict the transaction to be joined
     */
    TransactionScope begin();

    /**
     * Returns the transaction that runs on this thread.
     *
     * @return the transaction as its innermost scope sees it
     * @throws NoActiveTransactionException if there is none
     */
    Transaction current();

    /**
     * Tells whether a transaction runs on this thread.
     *
     * @return true inside a scope
     */
    boolean isActive();

    /**
     * Returns the entity manager of the current transaction: what repositories use.
     *
     * @return the entity manager
     * @throws NoActiveTransactionException if there is none
     */
    default EntityManager entityManager() {
        return current().entityManager();
    }

    /**
     * Registers a hook that runs before every commit of this unit of work, after those of the transaction itself.
     *
     * @param phase when it runs
     * @param hook given the committing transaction; its failure rolls back
     * @return undoes the registration
     */
    Registration beforeEveryCommit(CommitPhase phase, Consumer<? super Transaction> hook);

    /**
     * Registers an observer of every physical commit; the same observer registered twice is called once.
     *
     * @param observer called after the commit, outside of the transaction
     * @return undoes the registration
     */
    Registration onEveryCommit(CommitObserver observer);

    /**
     * Registers an observer of every nested scope; the same observer registered twice is told once.
     *
     * @param observer told before the scope begins; its failure dooms the scope around
     * @return undoes the registration
     */
    Registration onEveryNested(SavepointObserver observer);
}
