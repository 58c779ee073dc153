package io.hexai.jpa.event;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.hibernate.Hibernate;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.engine.spi.TransactionCompletionCallbacks.BeforeCompletionCallback;
import org.hibernate.event.spi.EventSource;
import org.hibernate.event.spi.EventType;
import org.hibernate.event.spi.EvictEvent;
import org.hibernate.event.spi.EvictEventListener;
import org.hibernate.event.spi.FlushEvent;
import org.hibernate.event.spi.FlushEventListener;
import org.hibernate.event.spi.MergeContext;
import org.hibernate.event.spi.MergeEvent;
import org.hibernate.event.spi.MergeEventListener;
import org.hibernate.event.spi.PostDeleteEvent;
import org.hibernate.event.spi.PostDeleteEventListener;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that no raised event vanishes, in every session of a factory: entities that leave the session hand theirs over,
 * and a transaction with an event that nobody took cannot commit. One listener serves a factory.
 */
final class RaisedEventsListener
        implements FlushEventListener, PostDeleteEventListener, EvictEventListener, MergeEventListener {

    private static final long serialVersionUID = 1L;

    private final transient List<AggregateDrain> drains = new CopyOnWriteArrayList<>();

    static void install(SessionFactoryImplementor factory) {
        RaisedEventsListener listener = new RaisedEventsListener();
        var registry = factory.getEventListenerRegistry();
        registry.appendListeners(EventType.FLUSH, listener);
        registry.appendListeners(EventType.POST_DELETE, listener);
        registry.appendListeners(EventType.EVICT, listener);
        registry.appendListeners(EventType.MERGE, listener);
    }

    static RaisedEventsListener of(SessionFactoryImplementor factory) {
        RaisedEventsListener installed = find(factory);
        if (installed == null) {
            throw new IllegalStateException("The factory does not load integrators from the class path of the library;"
                    + " list " + RaisedEventsIntegrator.class.getName() + " where it is told which ones to load.");
        }
        return installed;
    }

    /** Returns the listener of a factory, or null if it does not load integrators, and so has no store that drains. */
    static @Nullable RaisedEventsListener find(SessionFactoryImplementor factory) {
        List<RaisedEventsListener> installed = new ArrayList<>(1);
        factory.getEventListenerRegistry()
                .getEventListenerGroup(EventType.POST_DELETE)
                .fireEventOnEachListener(installed, (listener, found) -> {
                    if (listener instanceof RaisedEventsListener ours) {
                        found.add(ours);
                    }
                });
        return installed.isEmpty() ? null : installed.get(0);
    }

    void add(AggregateDrain drain) {
        drains.add(drain);
    }

    /** Looks again when the transaction completes, by when a store should have drained what is found now. */
    @Override
    public void onFlush(FlushEvent event) {
        boolean[] found = {false};
        ManagedAggregates.forEach(
                event.getSession(),
                source -> found[0] |= !(source instanceof AggregateRoot aggregate) || aggregate.hasRaised());
        if (found[0]) {
            refuseCommitUnlessDrained(event.getSession());
        }
    }

    private static void refuseCommitUnlessDrained(EventSource session) {
        session.getActionQueue().registerCallback((BeforeCompletionCallback)
                completing -> ManagedAggregates.forEach(completing, RaisedEventsListener::requireDrained));
    }

    private static void requireDrained(RaisesEvents source) {
        int left = source.drainEvents().size();
        if (left > 0) {
            throw new UndrainedEventsException(Hibernate.getClass(source), left);
        }
    }

    @Override
    public void onPostDelete(PostDeleteEvent event) {
        handOver(event.getSession(), event.getEntity());
    }

    @Override
    public void onEvict(EvictEvent event) {
        handOver(event.getSession(), Hibernate.unproxy(event.getObject()));
    }

    @Override
    public void onMerge(MergeEvent event) {
        handOverOriginal(event);
    }

    @Override
    public void onMerge(MergeEvent event, MergeContext copiedAlready) {
        handOverOriginal(event);
    }

    /** What was raised in a detached object is not copied to the managed one. */
    private void handOverOriginal(MergeEvent event) {
        if (event.getOriginal() != event.getResult()) {
            handOver(event.getSession(), event.getOriginal());
        }
    }

    private void handOver(SharedSessionContractImplementor session, Object entity) {
        if (entity instanceof RaisesEvents source) {
            AggregateDrain drain = drainOf(session);
            if (drain != null) {
                drain.take(source);
            }
        }
    }

    /** Returns whose unit of work the session is, or null. */
    @Nullable
    AggregateDrain drainOf(SharedSessionContractImplementor session) {
        for (AggregateDrain drain : drains) {
            if (drain.isOf(session)) {
                return drain;
            }
        }
        return null;
    }
}
