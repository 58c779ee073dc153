package io.hexai.jpa.transaction;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Hears what happens to transactions. Implement this to measure or log; every method does nothing unless overridden. Called
 * on the transaction's thread, and must be thread-safe. What it throws is logged and otherwise ignored.
 */
public interface UnitOfWorkListener {

    /**
     * A transaction was started; a database connection is taken later, at its first statement.
     *
     * @param transaction which
     */
    default void began(TransactionInfo transaction) {}

    /**
     * A transaction was committed.
     *
     * @param transaction which
     * @param duration since it began
     */
    default void committed(TransactionInfo transaction, Duration duration) {}

    /**
     * A transaction was rolled back.
     *
     * @param transaction which
     * @param duration since it began
     * @param cause why; null if the work asked for it without a cause
     */
    default void rolledBack(TransactionInfo transaction, Duration duration, @Nullable Throwable cause) {}

    /**
     * An attempt failed and will be repeated.
     *
     * @param transaction which
     * @param event the failure and the delay
     */
    default void retried(TransactionInfo transaction, RetryEvent event) {}

    /**
     * A hook that ran after the end of a transaction failed.
     *
     * @param transaction which
     * @param failure what it threw
     */
    default void hookFailed(TransactionInfo transaction, Throwable failure) {}
}
