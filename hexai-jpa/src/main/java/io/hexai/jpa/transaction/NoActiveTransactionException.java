package io.hexai.jpa.transaction;

import io.hexai.jpa.HexaiJpaException;

/** Thrown where something needs a unit of work and none is active on this thread. */
public final class NoActiveTransactionException extends HexaiJpaException {

    private static final long serialVersionUID = 1L;

    NoActiveTransactionException() {
        super(
                "No unit of work is active on thread '" + Thread.currentThread().getName()
                        + "'. Wrap the code in unitOfWork.run(…) or unitOfWork.call(…); a unit of work is not passed on to"
                        + " other threads.",
                null);
    }
}
