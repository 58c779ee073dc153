package io.hexai.jpa.event;

import io.hexai.jpa.internal.DomainObjectRegistry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.hibernate.Hibernate;
import org.hibernate.engine.spi.PersistenceContext;
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
        implements FlushEventListener,
                PostDeleteEventListener,
                EvictEventListener,
                MergeEventListener,
                DomainObjectRegistry {

    private static final long serialVersionUID = 1L;

    private final transient ManagedAggregates aggregates = new ManagedAggregates();
    private final transient List<AggregateDrain> drains = new CopyOnWriteArrayList<>();
    private final transient Map<PersistenceContext, Supplier<? extends Collection<Object>>> domainObjects =
            new ConcurrentHashMap<>();

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

    @Override
    public Runnable register(
            SharedSessionContractImplementor session, Supplier<? extends Collection<Object>> ofSession) {
        PersistenceContext context = session.getPersistenceContextInternal();
        domainObjects.put(context, ofSession);
        return () -> domainObjects.remove(context, ofSession);
    }

    /** Visits the entities of a session that may have raised events, then the domain objects. */
    void forEachSource(SharedSessionContractImplementor session, Consumer<RaisesEvents> action) {
        aggregates.forEach(session, action);
        Supplier<? extends Collection<Object>> ofSession = domainObjects.get(session.getPersistenceContextInternal());
        if (ofSession != null) {
            for (Object each : ofSession.get()) {
                if (each instanceof RaisesEvents source) {
                    action.accept(source);
                }
            }
        }
    }

    /** Looks again when the transaction completes, by when a store should have drained what is found now. */
    @Override
    public void onFlush(FlushEvent event) {
        boolean[] found = {false};
        forEachSource(
                event.getSession(),
                source -> found[0] |= !(source instanceof AggregateRoot aggregate) || aggregate.hasRaised());
        if (found[0]) {
            refuseCommitUnlessDrained(event.getSession());
        }
    }

    private void refuseCommitUnlessDrained(EventSource session) {
        session.getActionQueue().registerCallback((BeforeCompletionCallback)
                completing -> forEachSource(completing, RaisedEventsListener::requireDrained));
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
