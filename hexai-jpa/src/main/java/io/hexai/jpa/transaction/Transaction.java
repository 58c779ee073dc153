package io.hexai.jpa.transaction;

import jakarta.persistence.EntityManager;
import java.util.function.Supplier;

/**
 * The running transaction, as its current scope sees it. Confined to its thread; using it after its scope has ended is an
 * {@link IllegalStateException}.
 *
 * <p>Hooks and resources belong to the innermost scope that can roll back by itself: they are dropped when a nested scope
 * rolls back, and pass to the scope around it when it succeeds.
 */
public interface Transaction {

    /**
     * Returns the entity manager of this transaction; joined and nested scopes share it.
     *
     * @return the entity manager, whose {@code close()} and {@code getTransaction()} leave the decision to the scope
     */
    EntityManager entityManager();

    /**
     * Returns the options with which the transaction was started; for a nested scope, its own.
     *
     * @return the options
     */
    TransactionOptions options();

    /**
     * Returns the number of the current attempt under retry.
     *
     * @return 1, 2, …
     */
    int attempt();

    /**
     * Registers a hook in {@link CommitPhase#MAIN}.
     *
     * @param hook runs inside the transaction, before its commit; its failure rolls back
     */
    void beforeCommit(TransactionHook hook);

    /**
     * Registers a hook that runs inside the transaction, before its commit, and is followed by a flush.
     *
     * @param phase when it runs; a hook that is running may register one for a later phase, not for its own or an earlier
     * @param hook its failure rolls back
     * @throws IllegalStateException if the phase is running or over
     */
    void beforeCommit(CommitPhase phase, TransactionHook hook);

    /**
     * Registers a hook that runs once the transaction is committed, outside of it. It may open a new scope.
     *
     * @param hook its failure is reported to the listeners and the log, and does not make committed work look failed
     */
    void afterCommit(TransactionHook hook);

    /**
     * Registers a hook that runs once the transaction, or the nested scope it was registered in, has rolled back.
     *
     * @param hook its failure is suppressed into the failure that caused the rollback, where there is one
     */
    void afterRollback(TransactionHook hook);

    /** Makes the scope roll back although the work returns normally; its result is returned all the same. */
    void preventCommit();

    /**
     * Makes the scope roll back although the work returns normally; its result is returned all the same.
     *
     * @param cause why, for listeners and the log; the first of several is kept
     */
    void preventCommit(Throwable cause);

    /**
     * Tells whether {@link #preventCommit()} was called for the innermost scope that can roll back by itself.
     *
     * @return true once it was
     */
    boolean isCommitPrevented();

    /**
     * Returns the value under a key, creating it at the first call of this transaction. It is forgotten at the end of the
     * transaction but not closed: a factory that opens something registers {@link #afterCommit} and {@link #afterRollback}.
     * What a nested scope that rolls back did to a value of the scope around stays done.
     *
     * @param key compared by identity
     * @param factory called at most once, unless the nested scope that created the value rolled back; must not return null,
     *     nor ask for the same key
     * @param <T> the value's type
     * @return the value
     * @throws IllegalStateException if the factory asks for its own key
     */
    <T> T resource(ResourceKey<T> key, Supplier<? extends T> factory);

    /**
     * Returns what has changed in the persistence context since it was last flushed.
     *
     * @return a live view
     */
    PendingChanges changes();
}
