package io.hexai.jpa.subscription;

import io.hexai.jpa.event.DatabaseEventStore;
import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.transaction.Registration;
import java.time.Duration;
import java.util.List;

/**
 * A named follower of an event store, which hands every event to its handlers exactly once, in order. What a handler does in
 * the database and the checkpoint are one transaction.
 *
 * <p>Of all instances with one name, in however many processes, one is active; when its process dies or hangs another
 * takes over within seconds, and the former one cannot write any more. The name is the identity: its checkpoint is kept in
 * the database. Thread-safe.
 */
public interface EventSubscription extends AutoCloseable {

    /**
     * Starts to build a subscription. It begins at the beginning and stops at a poison event, unless told otherwise.
     *
     * @param store made by {@link EventStore#builder}
     * @param name any text that is not blank; unique in the database
     * @return the builder
     * @throws IllegalArgumentException if the name is blank, or the store is not kept in a database
     */
    static EventSubscriptionBuilder builder(EventStore store, String name) {
        return new EventSubscriptionBuilder(store, name);
    }

    /**
     * Returns the entity classes of the tables that subscriptions keep their state in.
     *
     * @return to be added to the managed classes; part of {@code HexaiJpa.managedClasses()}
     */
    static List<Class<?>> managedClasses() {
        return SubscriptionTables.ENTITIES;
    }

    /**
     * Lets subscriptions in other processes know at once of what this process stores, without slowing its commits; else they
     * find it when they poll. A process that has started a subscription to the store does so anyway.
     *
     * @param store made by {@link EventStore#builder}
     * @return undoes it
     * @throws IllegalArgumentException if the store is not kept in a database
     */
    static Registration announceAppends(EventStore store) {
        DatabaseEventStore inDatabase = EventSubscriptionBuilder.inDatabase(store);
        return FactorySubscriptions.of(inDatabase.unitOfWork()).announceAppends(inDatabase);
    }

    /**
     * Starts to handle events in the background, or to stand by until the active instance ends. A new name is written to the
     * database at once: what is stored after this call is handled, even if it starts at the end.
     *
     * @throws IllegalStateException if it is started or closed already, if this process has started another one of the same
     *     name, or if the name is that of a subscription to another table
     */
    void start();

    /**
     * Counts what is to be handled. Takes as long as counting takes.
     *
     * @return how far the subscription is behind, whichever process handles its events
     */
    SubscriptionLag lag();

    /**
     * Returns what the subscription is doing.
     *
     * @return its state, read from the database
     */
    SubscriptionState state();

    /**
     * Lets no process begin to handle an event any more, until it is resumed. If this instance is the active one, waits until
     * it has finished the events that it is at; unless it is called by a handler.
     */
    void pause();

    /** Lets the subscription go on that was paused or has stopped; the event that it stopped at is tried again. */
    void resume();

    /**
     * Asks the active instance to handle all events anew, from the start. The read model stays readable meanwhile, as it was
     * before. Returns at once; {@link #awaitRebuilt(Duration)} waits. What a process that dies has not finished is begun anew.
     * A subscription that is paused or has stopped begins to be rebuilt once it is resumed.
     *
     * @throws IllegalStateException if the builder was given neither {@code onRebuild} nor {@code readModel}
     */
    void rebuild();

    /**
     * Waits until no rebuild is asked for or under way.
     *
     * @param timeout how long at most
     * @throws RebuildFailedException if the last one failed, or it takes longer
     */
    void awaitRebuilt(Duration timeout);

    /**
     * Waits until all events have been handled that are committed at this moment: what the caller has stored can then be read
     * in the read model. Any process may wait.
     *
     * @param timeout how long at most
     * @throws NotCaughtUpException if it takes longer, or the subscription has stopped
     * @throws IllegalStateException if the current unit of work has stored events, which are not committed; or if a handler of
     *     this subscription calls it
     */
    void awaitCaughtUp(Duration timeout);

    /**
     * Returns the events that were parked.
     *
     * @return a live view
     */
    DeadLetters deadLetters();

    /**
     * Finishes the events that it is at, and lets another instance take over at once. Waits for a handler no longer than the
     * builder's {@code closeTimeout}. A second call does nothing.
     *
     * @throws IllegalStateException if a handler calls it
     */
    @Override
    void close();
}
