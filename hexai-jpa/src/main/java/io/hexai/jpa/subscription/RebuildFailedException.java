package io.hexai.jpa.subscription;

import io.hexai.jpa.HexaiJpaException;

/** Thrown to who waits for a rebuild that failed, or did not end in time. The read model is as if it had not been begun. */
public final class RebuildFailedException extends HexaiJpaException {

    private static final long serialVersionUID = 1L;

    private final String subscription;

    RebuildFailedException(String subscription, String why) {
        super("Subscription '" + subscription + "' was not rebuilt: " + why, null);
        this.subscription = subscription;
    }

    /**
     * Returns which subscription it was.
     *
     * @return its name
     */
    public String subscription() {
        return subscription;
    }
}
