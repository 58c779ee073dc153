package io.hexai.jpa.subscription;

import io.hexai.jpa.HexaiJpaException;

/** Thrown, and treated as a failure of the handler, if a handler or hook has prevented the commit of what it did. */
public final class HandlingPreventedException extends HexaiJpaException {

    private static final long serialVersionUID = 1L;

    HandlingPreventedException() {
        super(
                "Transaction.preventCommit() was called while events were handled, so they are not: their checkpoint moves in"
                        + " the same transaction. Use a NESTED scope to undo a part, and return to be done with an event.",
                null);
    }
}
