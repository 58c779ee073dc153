package io.hexai.jpa.subscription;

import io.hexai.jpa.event.EventAppender;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A subscription at a moment. Immutable.
 *
 * @param name the subscription's name
 * @param status what it is doing, seen from this instance
 * @param owner which instance handles its events; null if none does
 * @param lag how far it is behind
 * @param attempts how often this instance has tried in vain what it is at; 0 if all is well
 * @param failure why it stopped, or why it tries again; null if all is well
 * @param rebuildFailure why the last rebuild failed; null if it did not
 * @param deadLetters how many events are parked
 * @param heldBackBy the running transactions that readers wait for, the one that holds them back most first
 */
public record SubscriptionState(
        String name,
        SubscriptionStatus status,
        @Nullable String owner,
        SubscriptionLag lag,
        int attempts,
        @Nullable SubscriptionFailure failure,
        @Nullable String rebuildFailure,
        long deadLetters,
        List<EventAppender> heldBackBy) {

    /**
     * Creates the state.
     *
     * @param name the subscription's name
     * @param status what it is doing
     * @param owner which instance handles its events, or null
     * @param lag how far it is behind
     * @param attempts how often this instance has tried in vain what it is at
     * @param failure why it stopped, or why it tries again, or null
     * @param rebuildFailure why the last rebuild failed, or null
     * @param deadLetters how many events are parked
     * @param heldBackBy the running transactions that readers wait for
     */
    public SubscriptionState {
        heldBackBy = List.copyOf(heldBackBy);
    }
}
