package io.hexai.jpa.subscription;

import io.hexai.jpa.HexaiJpaException;

/** Thrown if the handler of a dead letter fails again. It stays parked, and what was done for it is rolled back. */
public final class ReplayFailedException extends HexaiJpaException {

    private static final long serialVersionUID = 1L;

    private final transient DeadLetter letter;

    ReplayFailedException(DeadLetter letter, Throwable cause) {
        super(
                "The event of type '" + letter.eventType() + "' at position " + letter.position()
                        + " could not be handled again; it stays a dead letter.",
                cause);
        this.letter = letter;
    }

    /**
     * Returns the dead letter as it was before the attempt.
     *
     * @return the letter
     */
    public DeadLetter letter() {
        return letter;
    }
}
