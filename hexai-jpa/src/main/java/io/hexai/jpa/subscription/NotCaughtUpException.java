package io.hexai.jpa.subscription;

import io.hexai.jpa.HexaiJpaException;
import java.time.Duration;

/** Thrown if a subscription has not handled in time what was stored, or has stopped before. */
public final class NotCaughtUpException extends HexaiJpaException {

    private static final long serialVersionUID = 1L;

    private final transient SubscriptionState state;
    private final long target;

    NotCaughtUpException(SubscriptionState state, long target, Duration timeout) {
        super(
                "Subscription '" + state.name() + "' has not handled all up to position " + target + " within "
                        + timeout
                        + ": it is " + state.status() + " at position "
                        + state.lag().checkpoint() + ", "
                        + state.lag().events() + " event(s) behind"
                        + (state.failure() == null ? "" : "; " + state.failure().message())
                        + (state.heldBackBy().isEmpty()
                                ? ""
                                : "; held back by " + state.heldBackBy().get(0)) + ".",
                null);
        this.state = state;
        this.target = target;
    }

    /**
     * Returns the subscription's state when the waiting ended.
     *
     * @return with its lag
     */
    public SubscriptionState state() {
        return state;
    }

    /**
     * Returns the position that was waited for.
     *
     * @return that of the last committed event when the waiting began
     */
    public long target() {
        return target;
    }
}
