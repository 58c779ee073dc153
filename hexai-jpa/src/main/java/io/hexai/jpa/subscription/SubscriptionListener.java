package io.hexai.jpa.subscription;

import io.hexai.jpa.event.StoredEvent;
import java.time.Duration;

/**
 * Hears what happens to a subscription in this process. Implement this to measure or alert; every method does nothing unless
 * overridden. Called on the subscription's threads, outside of their transactions, and must be thread-safe. It must
 * return at once: one of the threads renews the lease. What it throws is logged and otherwise ignored.
 */
public interface SubscriptionListener {

    /**
     * This instance owns the subscription from now on.
     *
     * @param subscription the subscription's name
     */
    default void started(String subscription) {}

    /**
     * This instance owns the subscription no longer.
     *
     * @param subscription the subscription's name
     */
    default void ended(String subscription) {}

    /**
     * Events were handled, and the transaction committed.
     *
     * @param subscription the subscription's name
     * @param events how many
     * @param duration of the transaction
     */
    default void handled(String subscription, int events, Duration duration) {}

    /**
     * Something failed and will be tried again.
     *
     * @param subscription the subscription's name
     * @param failure what failed
     * @param attempt how often it was tried
     */
    default void retrying(String subscription, Throwable failure, int attempt) {}

    /**
     * An event was parked.
     *
     * @param subscription the subscription's name
     * @param event the event
     * @param failure why
     */
    default void parked(String subscription, StoredEvent event, Throwable failure) {}

    /**
     * The subscription has stopped, in all processes.
     *
     * @param subscription the subscription's name
     * @param failure why
     */
    default void stopped(String subscription, SubscriptionFailure failure) {}
}
