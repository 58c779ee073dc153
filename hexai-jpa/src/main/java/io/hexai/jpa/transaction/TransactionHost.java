package io.hexai.jpa.transaction;

import org.jspecify.annotations.Nullable;

/**
 * A framework that runs transactions of its own over the factory of a unit of work. Implement this to let scopes join them,
 * and to show the framework the transactions that a unit of work begins: {@link UnitOfWorkBuilder#host(TransactionHost)}.
 * Must be thread-safe.
 */
public interface TransactionHost {

    /**
     * Returns the transaction that the framework runs on this thread over the factory.
     *
     * @return the transaction; null if there is none, or if it is one that a unit of work has shown to the framework
     */
    @Nullable
    HostTransaction running();

    /**
     * Suspends what the framework runs on this thread, and shows it a transaction of the unit of work instead, so that the
     * framework's code takes part in it.
     *
     * @param transaction begun a moment ago
     * @return undoes both
     */
    HostBinding show(OwnTransaction transaction);

    /**
     * Runs work in which the framework sees no transaction.
     *
     * @param work hooks that run after the end of one of the framework's transactions
     */
    void runOutside(Runnable work);
}
