package io.hexai.jpa.examples.quickstart;

import io.hexai.jpa.transaction.RetryEvent;
import io.hexai.jpa.transaction.RetryPolicy;
import java.time.Duration;
import java.util.function.Consumer;
import org.hibernate.exception.ConstraintViolationException;
import org.hibernate.exception.ConstraintViolationException.ConstraintKind;

/** When units of work meet at one row, all but one start again, with fresh entities. */
final class Retries {

    /** One of those that meet always gets through, so that even the unluckiest is done long before. */
    private static final RetryPolicy POLICY = RetryPolicy.attempts(200)
            .withBackoff(Duration.ofMillis(1), Duration.ofMillis(50))
            .withRetryOn(Retries::isTakenMeanwhile);

    private Retries() {}

    static RetryPolicy toldTo(Consumer<RetryEvent> listener) {
        return POLICY.withListener(listener);
    }

    /** Somebody else has just stored the same key; the next attempt finds it there. */
    private static boolean isTakenMeanwhile(Throwable failure) {
        return failure instanceof ConstraintViolationException violation
                && violation.getKind() == ConstraintKind.UNIQUE;
    }
}
