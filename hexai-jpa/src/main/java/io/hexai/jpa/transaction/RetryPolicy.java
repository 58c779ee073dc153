package io.hexai.jpa.transaction;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How often failed work is repeated, and after what delay. Immutable; withers return a changed copy.
 *
 * <p>Repeated is what failed because of other transactions and may succeed the next time: an {@code OptimisticLockException}
 * and Hibernate's own errors of stale state, and the SQLSTATEs 40001 (serialization failure), 40P01 (deadlock) and 55P03
 * (lock not available), anywhere in the chain of causes. {@link #withRetryOn(Predicate)} adds to these. Never repeated is
 * work that failed with a {@link NeverRetried}, such as {@link CommitOutcomeUnknownException}: its COMMIT may have succeeded.
 *
 * <p>The delay before retry <i>n</i> is drawn evenly from zero to {@code min(max, first · 2ⁿ⁻¹)}: "full jitter" in Marc
 * Brooker, <i>Exponential Backoff And Jitter</i>, AWS Architecture Blog, 2015.
 */
public final class RetryPolicy {

    private static final RetryPolicy NONE =
            new RetryPolicy(1, Duration.ofMillis(10), Duration.ofSeconds(1), failure -> false, event -> {});

    private final int maxAttempts;
    private final Duration firstDelay;
    private final Duration maxDelay;
    private final Predicate<? super Throwable> retryOn;
    private final Consumer<? super RetryEvent> listener;

    private RetryPolicy(
            int maxAttempts,
            Duration firstDelay,
            Duration maxDelay,
            Predicate<? super Throwable> retryOn,
            Consumer<? super RetryEvent> listener) {
        this.maxAttempts = maxAttempts;
        this.firstDelay = firstDelay;
        this.maxDelay = maxDelay;
        this.retryOn = retryOn;
        this.listener = listener;
    }

    /**
     * One attempt, no retry.
     *
     * @return the policy
     */
    public static RetryPolicy none() {
        return NONE;
    }

    /**
     * The given number of attempts, the first included, with delays from 10 milliseconds, doubling to one second.
     *
     * @param maxAttempts at least 1
     * @return the policy
     * @throws IllegalArgumentException if it is less than 1
     */
    public static RetryPolicy attempts(int maxAttempts) {
        if (maxAttempts < 1) {
            throw new IllegalArgumentException("A retry policy needs at least 1 attempt, but was given " + maxAttempts
                    + "; 1 means that nothing is retried.");
        }
        return new RetryPolicy(maxAttempts, NONE.firstDelay, NONE.maxDelay, NONE.retryOn, NONE.listener);
    }

    /**
     * Sets the upper bounds between which the random delay grows.
     *
     * @param first of the first retry; zero for no delay
     * @param max of any retry, not less than {@code first}
     * @return the changed copy
     * @throws IllegalArgumentException if one is negative, or {@code max} is less than {@code first}
     */
    public RetryPolicy withBackoff(Duration first, Duration max) {
        if (first.isNegative() || max.compareTo(first) < 0) {
            throw new IllegalArgumentException(
                    "The back-off must be 0 <= first <= max, but is first=" + first + ", max=" + max + ".");
        }
        return new RetryPolicy(maxAttempts, first, max, retryOn, listener);
    }

    /**
     * Adds failures that are worth another attempt; replaces what an earlier call added.
     *
     * @param additional asked for each failure that is not repeated anyway
     * @return the changed copy
     */
    public RetryPolicy withRetryOn(Predicate<? super Throwable> additional) {
        return new RetryPolicy(maxAttempts, firstDelay, maxDelay, additional, listener);
    }

    /**
     * Sets who hears of each retry before its delay; replaces an earlier one.
     *
     * @param newListener called on the thread of the work; what it throws is logged and ignored
     * @return the changed copy
     */
    public RetryPolicy withListener(Consumer<? super RetryEvent> newListener) {
        return new RetryPolicy(maxAttempts, firstDelay, maxDelay, retryOn, newListener);
    }

    /**
     * Returns the number of attempts, the first included.
     *
     * @return at least 1
     */
    public int maxAttempts() {
        return maxAttempts;
    }

    Consumer<? super RetryEvent> listener() {
        return listener;
    }

    boolean isWorthRetrying(Throwable failure) {
        return !TransientFailures.isNeverRetried(failure)
                && (TransientFailures.isTransient(failure) || retryOn.test(failure));
    }

    Duration delayAfter(int failedAttempt, RandomGenerator random) {
        int doublings = Math.min(failedAttempt - 1, 30);
        Duration bound = firstDelay.multipliedBy(1L << doublings);
        long boundNanos = (bound.compareTo(maxDelay) > 0 ? maxDelay : bound).toNanos();
        return Duration.ofNanos(boundNanos == 0 ? 0 : random.nextLong(boundNanos + 1));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RetryPolicy that
                && maxAttempts == that.maxAttempts
                && firstDelay.equals(that.firstDelay)
                && maxDelay.equals(that.maxDelay)
                && retryOn.equals(that.retryOn)
                && listener.equals(that.listener);
    }

    @Override
    public int hashCode() {
        return java.util.Objects.hash(maxAttempts, firstDelay, maxDelay);
    }

    @Override
    public String toString() {
        return "RetryPolicy[maxAttempts=" + maxAttempts + ", backoff=" + firstDelay + ".." + maxDelay + "]";
    }
}
