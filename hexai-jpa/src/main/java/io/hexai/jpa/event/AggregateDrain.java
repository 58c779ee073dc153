package io.hexai.jpa.event;

import io.hexai.jpa.transaction.CommitPhase;
import io.hexai.jpa.transaction.ResourceKey;
import io.hexai.jpa.transaction.Transaction;
import io.hexai.jpa.transaction.TransactionHook;
import io.hexai.jpa.transaction.TransactionOptions;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.EntityManagerFactory;
import java.util.List;
import java.util.function.Consumer;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;

/**
 * Stores the events that entities have raised, before each commit of a unit of work. For other implementations of
 * {@link EventStore}; the library's own has {@link EventStoreBuilder#drainAggregates()}. Thread-safe.
 */
public final class AggregateDrain {

    /** Observers of what was stored may raise more; one that never stops must not hang the commit. */
    private static final int MAX_ROUNDS = 1_000;

    private static final ResourceKey<AggregateDrain> DRAINING = ResourceKey.of("draining event store");

    private final UnitOfWork unitOfWork;
    private final RaisedEventsListener listener;
    private final EventStore store;
    private final List<Consumer<? super List<StoredEvent>>> observers;
    private final ResourceKey<RaisedEvents> raisedEvents = ResourceKey.of("raised events");

    private AggregateDrain(
            UnitOfWork unitOfWork,
            RaisedEventsListener listener,
            EventStore store,
            List<Consumer<? super List<StoredEvent>>> observers) {
        this.unitOfWork = unitOfWork;
        this.listener = listener;
        this.store = store;
        this.observers = observers;
    }

    /**
     * Lets a store drain what the entities of a unit of work raise. At most one store of a unit of work may do so.
     *
     * @param unitOfWork whose entities
     * @param store takes their events
     */
    public static void attach(UnitOfWork unitOfWork, EventStore store) {
        EntityManagerFactory factory = unitOfWork
                .with(TransactionOptions.defaults())
                .call(entityManager -> entityManager.getEntityManagerFactory());
        attach(unitOfWork, factory.unwrap(SessionFactoryImplementor.class), store, List.of());
    }

    static void attach(
            UnitOfWork unitOfWork,
            SessionFactoryImplementor factory,
            EventStore store,
            List<Consumer<? super List<StoredEvent>>> observers) {
        RaisedEventsListener listener = RaisedEventsListener.of(factory);
        AggregateDrain drain = new AggregateDrain(unitOfWork, listener, store, observers);
        listener.add(drain);
        unitOfWork.onEveryNested(drain::beforeNested);
        unitOfWork.beforeEveryCommit(CommitPhase.DRAIN, drain::drain);
    }

    /** Flushes and drains now, if a store drains the current transaction of this unit of work. */
    static void drainCurrent(UnitOfWork unitOfWork) {
        Transaction transaction = unitOfWork.current();
        SharedSessionContractImplementor session = sessionOf(transaction);
        RaisedEventsListener listener = RaisedEventsListener.find(session.getFactory());
        AggregateDrain drain = listener == null ? null : listener.drainOf(session);
        if (drain != null) {
            transaction.entityManager().flush();
            drain.drain(transaction);
        }
    }

    /** Whether the entities of the current transaction have raised events that it will store in this store. */
    static boolean isToDrain(UnitOfWork unitOfWork, EventStore store) {
        Transaction transaction = unitOfWork.current();
        SharedSessionContractImplementor session = sessionOf(transaction);
        RaisedEventsListener listener = RaisedEventsListener.find(session.getFactory());
        AggregateDrain drain = listener == null ? null : listener.drainOf(session);
        if (listener == null || drain == null || drain.store != store) {
            return false;
        }
        RaisedEvents raised = drain.raised(transaction);
        listener.forEachSource(session, raised::takeFrom);
        return !raised.isEmpty();
    }

    /** Whether a session is that of the current transaction: only then does this drain get to store what it takes. */
    boolean isOf(SharedSessionContractImplementor session) {
        return unitOfWork.isActive()
                && sessionOf(unitOfWork.current()).getPersistenceContextInternal()
                        == session.getPersistenceContextInternal();
    }

    void take(RaisesEvents source) {
        raised(unitOfWork.current()).takeFrom(source);
    }

    /**
     * What was raised before a nested scope is the outer one's, and is taken now. So all that entities hold when the scope
     * has rolled back was raised inside, and goes with it.
     */
    private TransactionHook beforeNested(Transaction around) {
        SharedSessionContractImplementor session = sessionOf(around);
        RaisedEvents raised = raised(around);
        listener.forEachSource(session, raised::takeFrom);
        Runnable mark = raised.mark();
        return () -> {
            if (session.isOpen()) {
                listener.forEachSource(session, RaisesEvents::drainEvents);
                mark.run();
            }
        };
    }

    private void drain(Transaction transaction) {
        if (transaction.resource(DRAINING, () -> this) != this) {
            throw new IllegalStateException(
                    "Two event stores drain the aggregates of one unit of work, and the events could"
                            + " go to either. Build only one of them with drainAggregates().");
        }
        RaisedEvents raised = raised(transaction);
        for (int round = 0; round < MAX_ROUNDS; round++) {
            listener.forEachSource(sessionOf(transaction), raised::takeFrom);
            if (raised.isEmpty()) {
                return;
            }
            List<StoredEvent> stored = store.storeAll(raised.takeAll());
            observers.forEach(observer -> observer.accept(stored));
        }
        throw new IllegalStateException(
                "After " + MAX_ROUNDS + " rounds of storing raised events there are still new ones;"
                        + " something raises an event for each event that is stored.");
    }

    private RaisedEvents raised(Transaction transaction) {
        return transaction.resource(raisedEvents, RaisedEvents::new);
    }

    private static SharedSessionContractImplementor sessionOf(Transaction transaction) {
        return transaction.entityManager().unwrap(SharedSessionContractImplementor.class);
    }
}
