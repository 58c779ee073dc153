package io.hexai.jpa.transaction;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a scope runs. Immutable; withers return a changed copy.
 *
 * <p>An option that was not set joins anything; when its scope starts a transaction, it means the server's isolation,
 * read-write, {@link TransactionMode#SPANNING}, no retry and no timeout. An isolation, read-only flag or mode that was set
 * can contradict the transaction that the scope joins, for {@link Propagation#NESTED} as for {@link Propagation#EXISTING}:
 * that is an {@link IncompatibleTransactionException}. A transaction for which no isolation was set is asked which one it
 * has, by one statement, the first time that a scope with an isolation joins it. Timeouts and name of a joining scope have no
 * effect.
 */
public final class TransactionOptions {

    private static final TransactionOptions DEFAULTS =
            new TransactionOptions(new Values(Propagation.EXISTING, null, null, null, null, null, null, null));

    private final Values values;

    private TransactionOptions(Values values) {
        this.values = values;
    }

    /**
     * {@link Propagation#EXISTING} and nothing else set.
     *
     * @return the options
     */
    public static TransactionOptions defaults() {
        return DEFAULTS;
    }

    /**
     * {@link TransactionMode#OPTIMISTIC} with four attempts: one try and three retries.
     *
     * @return the options
     */
    public static TransactionOptions optimistic() {
        return DEFAULTS.withMode(TransactionMode.OPTIMISTIC).withRetry(RetryPolicy.attempts(4));
    }

    /**
     * Sets what the scope does with a transaction around it.
     *
     * @param propagation by default {@link Propagation#EXISTING}
     * @return the changed copy
     */
    public TransactionOptions withPropagation(Propagation propagation) {
        return new TransactionOptions(values.with(Objects.requireNonNull(propagation, "propagation")));
    }

    /**
     * Sets the isolation level; it is sent with the transaction's begin and never changes the connection's own setting.
     *
     * @param isolation by default the server's, usually {@link IsolationLevel#READ_COMMITTED}
     * @return the changed copy
     */
    public TransactionOptions withIsolation(IsolationLevel isolation) {
        return new TransactionOptions(values.with(Objects.requireNonNull(isolation, "isolation")));
    }

    /**
     * Makes the scope read-only: nothing is flushed, loaded entities are not dirty-checked, and the server refuses writes.
     *
     * @param readOnly by default false
     * @return the changed copy
     */
    public TransactionOptions withReadOnly(boolean readOnly) {
        return new TransactionOptions(values.withReadOnly(readOnly));
    }

    /**
     * Sets a deadline for all attempts of the scope together, waiting between them included.
     *
     * @param timeout positive; by default none
     * @return the changed copy
     * @throws IllegalArgumentException if it is not positive
     */
    public TransactionOptions withTimeout(Duration timeout) {
        return new TransactionOptions(values.withTimeout(positive("timeout", timeout)));
    }

    /**
     * Sets how long a statement waits for a lock before it fails with SQLSTATE 55P03.
     *
     * @param lockTimeout at least a millisecond; by default the server's
     * @return the changed copy
     * @throws IllegalArgumentException if it is not positive
     */
    public TransactionOptions withLockTimeout(Duration lockTimeout) {
        return new TransactionOptions(values.withLockTimeout(positive("lockTimeout", lockTimeout)));
    }

    /**
     * Sets what is done when an attempt fails; only the scope that owns the transaction, or the savepoint, retries.
     *
     * @param retry by default {@link RetryPolicy#none()}
     * @return the changed copy
     */
    public TransactionOptions withRetry(RetryPolicy retry) {
        return new TransactionOptions(values.with(Objects.requireNonNull(retry, "retry")));
    }

    /**
     * Sets how much of the work the database transaction spans.
     *
     * @param mode by default {@link TransactionMode#SPANNING}
     * @return the changed copy
     */
    public TransactionOptions withMode(TransactionMode mode) {
        return new TransactionOptions(values.with(Objects.requireNonNull(mode, "mode")));
    }

    /**
     * Names the transaction for listeners, logs and messages.
     *
     * @param name not blank; by default none
     * @return the changed copy
     * @throws IllegalArgumentException if it is blank
     */
    public TransactionOptions withName(String name) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("The name of a transaction must not be blank; leave it unset instead.");
        }
        return new TransactionOptions(values.withName(name));
    }

    /**
     * Returns what the scope does with a transaction around it.
     *
     * @return the propagation
     */
    public Propagation propagation() {
        return values.propagation;
    }

    /**
     * Returns the isolation level.
     *
     * @return the level, or null if not set
     */
    public @Nullable IsolationLevel isolation() {
        return values.isolation;
    }

    /**
     * Returns whether the scope is read-only.
     *
     * @return the flag, or null if not set
     */
    public @Nullable Boolean readOnly() {
        return values.readOnly;
    }

    /**
     * Returns the deadline for all attempts together.
     *
     * @return the timeout, or null if not set
     */
    public @Nullable Duration timeout() {
        return values.timeout;
    }

    /**
     * Returns how long a statement waits for a lock.
     *
     * @return the timeout, or null if not set
     */
    public @Nullable Duration lockTimeout() {
        return values.lockTimeout;
    }

    /**
     * Returns what is done when an attempt fails.
     *
     * @return the policy, or null if not set
     */
    public @Nullable RetryPolicy retry() {
        return values.retry;
    }

    /**
     * Returns how much of the work the database transaction spans.
     *
     * @return the mode, or null if not set
     */
    public @Nullable TransactionMode mode() {
        return values.mode;
    }

    /**
     * Returns the transaction's name.
     *
     * @return the name, or null if not set
     */
    public @Nullable String name() {
        return values.name;
    }

    boolean isReadOnly() {
        return Boolean.TRUE.equals(values.readOnly);
    }

    boolean isOptimistic() {
        return values.mode == TransactionMode.OPTIMISTIC;
    }

    RetryPolicy retryOrNone() {
        return values.retry == null ? RetryPolicy.none() : values.retry;
    }

    /** Refuses to join a transaction that runs otherwise than what is set here asks for; of isolation, see the transaction. */
    void requireCompatibleWith(TransactionOptions running) {
        if (values.readOnly != null && values.readOnly != running.isReadOnly()) {
            throw new IncompatibleTransactionException("read-only", values.readOnly, running.isReadOnly());
        }
        if (values.mode != null && (values.mode == TransactionMode.OPTIMISTIC) != running.isOptimistic()) {
            throw new IncompatibleTransactionException(
                    "mode",
                    values.mode,
                    running.isOptimistic() ? TransactionMode.OPTIMISTIC : TransactionMode.SPANNING);
        }
    }

    private static Duration positive(String name, Duration duration) {
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException(
                    "The " + name + " must be positive, but is " + duration + "; leave it unset for none.");
        }
        return duration;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TransactionOptions that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return values.toString().replace("Values[", "TransactionOptions[");
    }

    private record Values(
            Propagation propagation,
            @Nullable IsolationLevel isolation,
            @Nullable Boolean readOnly,
            @Nullable Duration timeout,
            @Nullable Duration lockTimeout,
            @Nullable RetryPolicy retry,
            @Nullable TransactionMode mode,
            @Nullable String name) {

        Values with(Propagation changed) {
            return new Values(changed, isolation, readOnly, timeout, lockTimeout, retry, mode, name);
        }

        Values with(IsolationLevel changed) {
            return new Values(propagation, changed, readOnly, timeout, lockTimeout, retry, mode, name);
        }

        Values withReadOnly(boolean changed) {
            return new Values(propagation, isolation, changed, timeout, lockTimeout, retry, mode, name);
        }

        Values withTimeout(Duration changed) {
            return new Values(propagation, isolation, readOnly, changed, lockTimeout, retry, mode, name);
        }

        Values withLockTimeout(Duration changed) {
            return new Values(propagation, isolation, readOnly, timeout, changed, retry, mode, name);
        }

        Values with(RetryPolicy changed) {
            return new Values(propagation, isolation, readOnly, timeout, lockTimeout, changed, mode, name);
        }

        Values with(TransactionMode changed) {
            return new Values(propagation, isolation, readOnly, timeout, lockTimeout, retry, changed, name);
        }

        Values withName(String changed) {
            return new Values(propagation, isolation, readOnly, timeout, lockTimeout, retry, mode, changed);
        }
    }
}
