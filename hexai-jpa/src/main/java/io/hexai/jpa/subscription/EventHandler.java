package io.hexai.jpa.subscription;

import io.hexai.jpa.event.StoredEvent;

/**
 * Handles one event. Implement this, as a lambda, for {@link EventSubscriptionBuilder#on} and
 * {@link EventSubscriptionBuilder#onAny}.
 *
 * @param <T> the payload's class
 */
@FunctionalInterface
public interface EventHandler<T> {

    /**
     * Handles an event, in a transaction that also moves the checkpoint. The current unit of work is that transaction.
     *
     * @param payload the event itself
     * @param event the event with its position, headers and stream
     * @throws Exception rolls back what was done for the event, which is then tried again
     */
    void handle(T payload, StoredEvent event) throws Exception;
}
