package io.hexai.jpa.transaction;

import io.hexai.jpa.HexaiJpaException;
import java.time.Duration;

/**
 * Thrown when the time of {@link TransactionOptions#withTimeout(Duration)} is over before a statement or the COMMIT. A
 * statement that is cut short by the server is reported by JPA's {@code QueryTimeoutException} instead.
 */
public final class TransactionTimeoutException extends HexaiJpaException {

    private static final long serialVersionUID = 1L;

    private final Duration timeout;

    TransactionTimeoutException(TransactionInfo transaction, Duration timeout) {
        super(
                "The " + transaction + " did not end within its timeout of " + timeout
                        + " and was rolled back. Raise the timeout, or do less in one unit of work.",
                null);
        this.timeout = timeout;
    }

    /**
     * Returns the time that all attempts had together.
     *
     * @return as set in the options
     */
    public Duration timeout() {
        return timeout;
    }
}
