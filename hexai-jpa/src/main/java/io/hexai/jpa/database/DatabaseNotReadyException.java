package io.hexai.jpa.database;

import io.hexai.jpa.HexaiJpaException;
import java.time.Duration;

/** The server took no connection within the time that {@link DatabaseManager#awaitReady} was given. */
public final class DatabaseNotReadyException extends HexaiJpaException {

    private static final long serialVersionUID = 1L;

    private final int attempts;
    private final Duration waited;

    DatabaseNotReadyException(PostgresConfig config, int attempts, Duration waited, Throwable cause) {
        super(
                "No connection to " + config.hosts() + " after " + attempts + " attempts in " + waited.toMillis()
                        + " ms: " + cause.getMessage() + ". Check host and port, and whether the server is up",
                cause);
        this.attempts = attempts;
        this.waited = waited;
    }

    /**
     * Returns how often it was tried.
     *
     * @return at least 1
     */
    public int attempts() {
        return attempts;
    }

    /**
     * Returns how long it took to give up.
     *
     * @return about the time that was given
     */
    public Duration waited() {
        return waited;
    }
}
