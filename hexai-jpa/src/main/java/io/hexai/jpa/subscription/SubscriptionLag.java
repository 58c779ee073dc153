package io.hexai.jpa.subscription;

import java.time.Duration;

/**
 * How far a subscription is behind what readers may see. Immutable.
 *
 * @param events how many events that it handles it has not handled yet
 * @param time the age of the oldest of them; zero if there is none
 * @param checkpoint up to where all is handled
 * @param lastPosition the position of the last event that readers may see
 */
public record SubscriptionLag(long events, Duration time, long checkpoint, long lastPosition) {

    /**
     * Tells whether there is nothing to handle.
     *
     * @return true if no event is waiting
     */
    public boolean isNone() {
        return events == 0;
    }
}
