package io.hexai.jpa.transaction;

import io.hexai.jpa.HexaiJpaException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when the time of {@link TransactionOptions#withTimeout(Duration)} is over before a statement or the COMMIT, or when
 * the server has cut a statement short or, as PostgreSQL 17 and later do, ended the session because of it.
 */
public final class TransactionTimeoutException extends HexaiJpaException {

    private static final long serialVersionUID = 1L;

    private final Duration timeout;

    TransactionTimeoutException(TransactionInfo transaction, Duration timeout, @Nullable Throwable cause) {
        super(
                "The " + transaction + " did not end within its timeout of " + timeout
                        + " and was rolled back. Raise the timeout, or do less in one unit of work.",
                cause);
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
