package io.hexai.jpa.transaction;

import io.hexai.jpa.HexaiJpaException;

/**
 * Thrown when the connection was lost while COMMIT was under way, and it could not be found out whether the server
 * committed. Never retried by the library: the work may have been done.
 */
public final class CommitOutcomeUnknownException extends HexaiJpaException implements NeverRetried {

    private static final long serialVersionUID = 1L;

    CommitOutcomeUnknownException(String why, Throwable cause) {
        super(
                "The connection was lost during COMMIT and whether the transaction was committed is unknown: " + why
                        + ". Check for its effects before doing the work again.",
                cause);
    }
}
