package io.hexai.jpa.transaction;

import io.hexai.jpa.HexaiJpaException;
import org.jspecify.annotations.Nullable;

/**
 * Thrown by a scope whose work returned normally although it can no longer be committed: a joined scope had failed, or a
 * statement had, and the exception was swallowed. Everything the scope did is rolled back.
 *
 * <p>The cause is the first such failure where the library saw it, later ones are suppressed into it. To roll back and
 * return normally, call {@link Transaction#preventCommit()}.
 */
public final class UnexpectedRollbackException extends HexaiJpaException {

    private static final long serialVersionUID = 1L;

    UnexpectedRollbackException(String reason, @Nullable Throwable cause) {
        super(
                "The scope was rolled back although its work returned normally: " + reason
                        + ". Let the failure leave the scope, put what may fail into a NESTED scope, or call"
                        + " preventCommit() if the rollback is intended.",
                cause);
    }
}
