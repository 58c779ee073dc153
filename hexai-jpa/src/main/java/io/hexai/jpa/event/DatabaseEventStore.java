package io.hexai.jpa.event;

import io.hexai.jpa.transaction.Registration;
import io.hexai.jpa.transaction.UnitOfWork;
import java.util.List;

/**
 * An event store over a table: what {@link EventStore#builder} makes, with what followers of the table need to know. Not
 * meant to be implemented elsewhere. Thread-safe.
 */
public interface DatabaseEventStore extends EventStore {

    /**
     * Returns the unit of work that the store joins.
     *
     * @return as given to {@link EventStore#builder}
     */
    UnitOfWork unitOfWork();

    /**
     * Returns the name of the table.
     *
     * @return as SQL writes it
     */
    String table();

    /**
     * Returns the event classes that the store writes and reads.
     *
     * @return as given to {@link EventStoreBuilder#types}
     */
    EventTypes types();

    /**
     * Returns a store over the same table that joins another unit of work, and of whose appends nobody is told.
     *
     * @param other of the same database
     * @return the store
     */
    DatabaseEventStore over(UnitOfWork other);

    /**
     * Returns the position of the last event that is committed, whether or not readers may see it yet: something before it
     * may still appear.
     *
     * @return 0 if there is none; never less than {@link #lastPosition()}
     */
    long lastCommittedPosition();

    /**
     * Tells whether events of this thread are still to be committed: the current unit of work has stored some, or its entities have
     * raised some that this store drains, or a unit of work that is suspended has stored some.
     *
     * @return false if there are none; what was stored by {@link PositionStrategy#COUNTER}, or in a suspended unit of work, is
     *     known only after {@link #onAppended}
     */
    boolean isAppending();

    /**
     * Returns the transactions that run now and have appended events: the ones that readers wait for.
     *
     * @return the one that holds readers back most comes first; empty with {@link PositionStrategy#COUNTER}, where appenders
     *     wait for each other instead
     */
    List<EventAppender> appenders();

    /**
     * Stores now what the entities of the current unit of work have raised, if a store drains them: so that it is known which
     * of several messages that are handled in one transaction was the cause. Flushes before; does nothing if no store drains.
     */
    void storeRaised();

    /**
     * Registers what is called after each commit of a transaction that has appended events through this store.
     *
     * @param listener called on the thread of the commit, outside of the transaction; must be quick
     * @return undoes the registration
     */
    Registration onAppended(Runnable listener);
}
