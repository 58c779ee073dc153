package io.hexai.jpa.transaction;

import jakarta.persistence.OptimisticLockException;
import java.sql.SQLException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.function.Predicate;
import org.hibernate.StaleStateException;
import org.hibernate.dialect.lock.OptimisticEntityLockException;
import org.jspecify.annotations.Nullable;

/** Tells by types and SQLSTATEs, never by message texts, what went wrong. Thread-safe. */
public final class TransientFailures {

    private static final Set<String> TRANSIENT_STATES = Set.of("40001", "40P01", "55P03");

    private TransientFailures() {}

    /**
     * Tells whether a failure is due to other transactions, so that the same work may succeed the next time: what a
     * {@link RetryPolicy} repeats.
     *
     * @param failure looked through with its causes
     * @return true for stale versions, serialization failures, deadlocks, locks not available and aborted commits
     */
    public static boolean isTransient(Throwable failure) {
        return !isNeverRetried(failure)
                && anyInChain(
                        failure,
                        cause -> cause instanceof OptimisticLockException
                                || cause instanceof CommitAbortedException
                                || cause instanceof StaleStateException
                                || cause instanceof OptimisticEntityLockException
                                || cause instanceof SQLException sql
                                        && sql.getSQLState() != null
                                        && TRANSIENT_STATES.contains(sql.getSQLState()));
    }

    static boolean isNeverRetried(Throwable failure) {
        return anyInChain(failure, NeverRetried.class::isInstance);
    }

    /**
     * Tells whether the connection was lost. In SQLSTATEs, class 08 is a lost connection; 57P01 to 57P03 are a server that
     * ends the session.
     *
     * @param failure looked through with its causes
     * @return true if the connection cannot be used any more, or could not be made
     */
    public static boolean isConnectionLost(Throwable failure) {
        return anyInChain(
                failure,
                cause -> cause instanceof SQLException sql
                        && sql.getSQLState() != null
                        && (sql.getSQLState().startsWith("08")
                                || sql.getSQLState().startsWith("57P")));
    }

    private static boolean anyInChain(Throwable failure, Predicate<Throwable> test) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        @Nullable Throwable cause = failure;
        while (cause != null && seen.add(cause)) {
            if (test.test(cause) || cause instanceof SQLException sql && anyInBatch(sql, test)) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    /** A failed batch names its own failures only in the chain of next exceptions. */
    private static boolean anyInBatch(SQLException failure, Predicate<Throwable> test) {
        for (SQLException next = failure.getNextException(); next != null; next = next.getNextException()) {
            if (test.test(next)) {
                return true;
            }
        }
        return false;
    }
}
