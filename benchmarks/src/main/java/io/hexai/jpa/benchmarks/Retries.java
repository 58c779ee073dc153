package io.hexai.jpa.benchmarks;

import io.hexai.jpa.transaction.RetryPolicy;
import jakarta.persistence.OptimisticLockException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.util.backoff.BackOffExecution;

/** One policy, as each contestant has it: repeat what others got in the way of, after up to 10 ms, and up to twice as long each time. */
final class Retries {

    private static final int ATTEMPTS = 1_000;
    private static final Duration FIRST = Duration.ofMillis(10);
    private static final Duration LONGEST = Duration.ofSeconds(1);
    private static final Set<String> TRANSIENT = Set.of("40001", "40P01");

    private Retries() {}

    /** The library's default, but for the number of attempts. */
    static RetryPolicy ofLibrary() {
        return RetryPolicy.attempts(ATTEMPTS);
    }

    /** The same delays, by a back-off of one's own. */
    static RetryTemplate ofSpring() {
        return new RetryTemplate(org.springframework.core.retry.RetryPolicy.builder()
                .backOff(FullJitter::new)
                .includes(ConcurrencyFailureException.class)
                .build());
    }

    /** Spring's own jitter, which never goes below the first delay: on average one waits longer than by {@link #ofSpring()}. */
    static RetryTemplate ofSpringWithItsJitter() {
        return new RetryTemplate(org.springframework.core.retry.RetryPolicy.builder()
                .maxRetries(ATTEMPTS - 1)
                .delay(FIRST.dividedBy(2))
                .jitter(FIRST.dividedBy(2))
                .multiplier(2)
                .maxDelay(LONGEST.dividedBy(2))
                .includes(ConcurrencyFailureException.class)
                .build());
    }

    private static long delayAfter(int failedAttempt) {
        long longest = Math.min(LONGEST.toMillis(), FIRST.toMillis() << Math.min(failedAttempt - 1, 20));
        return ThreadLocalRandom.current().nextLong(longest + 1);
    }

    private static final class FullJitter implements BackOffExecution {
        private int failed;

        @Override
        public long nextBackOff() {
            failed++;
            return failed == ATTEMPTS ? STOP : delayAfter(failed);
        }
    }

    /** By a loop as somebody writes it who knows which failures pass. */
    static <R> R byLoop(Supplier<R> attempt) throws InterruptedException {
        for (int number = 1; ; number++) {
            try {
                return attempt.get();
            } catch (RuntimeException e) {
                if (number == ATTEMPTS || !passes(e)) {
                    throw e;
                }
                Thread.sleep(delayAfter(number));
            }
        }
    }

    private static boolean passes(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof OptimisticLockException
                    || cause instanceof SQLException sql && TRANSIENT.contains(sql.getSQLState())) {
                return true;
            }
        }
        return false;
    }
}
