package io.hexai.jpa.transaction;

/**
 * Something to run when a transaction is about to commit, has committed or has rolled back. Implement this, as a lambda,
 * for the hook methods of {@link Transaction}.
 */
@FunctionalInterface
public interface TransactionHook {

    /**
     * Runs the hook.
     *
     * @throws Exception before the commit: rolls the transaction back; after it: is reported to the listeners and the log
     */
    void run() throws Exception;
}
