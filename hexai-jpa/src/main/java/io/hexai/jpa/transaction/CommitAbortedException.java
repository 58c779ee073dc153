package io.hexai.jpa.transaction;

import io.hexai.jpa.HexaiJpaException;

/**
 * Thrown when the connection was lost while COMMIT was under way, and the server says that the transaction was not
 * committed. Everything is rolled back; a retry policy repeats the work.
 */
public final class CommitAbortedException extends HexaiJpaException {

    private static final long serialVersionUID = 1L;

    CommitAbortedException(Throwable cause) {
        super(
                "The connection was lost during COMMIT, and the server has rolled the transaction back. The work can be"
                        + " done again; a retry policy does so.",
                cause);
    }
}
