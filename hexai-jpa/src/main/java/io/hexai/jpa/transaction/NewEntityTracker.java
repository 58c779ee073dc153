package io.hexai.jpa.transaction;

import io.hexai.jpa.internal.OncePerFactory;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.event.spi.EventSource;
import org.hibernate.event.spi.EventType;
import org.hibernate.event.spi.MergeContext;
import org.hibernate.event.spi.MergeEvent;
import org.hibernate.event.spi.MergeEventListener;
import org.hibernate.event.spi.PersistContext;
import org.hibernate.event.spi.PersistEvent;
import org.hibernate.event.spi.PersistEventListener;
import org.hibernate.event.spi.PostInsertEvent;
import org.hibernate.event.spi.PostInsertEventListener;
import org.hibernate.event.spi.PreDeleteEvent;
import org.hibernate.event.spi.PreDeleteEventListener;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.proxy.HibernateProxy;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which entities became persistent in a session while nested scopes are open in it. Hibernate itself forgets: once
 * inserted, an entity looks like one that was loaded, and one that is detached before its insertion leaves no trace but its
 * identifier. One listener serves all units of work of a factory.
 *
 * <p>It listens to deletions only for the effect of being there: without a listener, Hibernate removes a reference that was
 * never loaded without loading it, and keeps its key as removed, which a nested rollback could not take back.
 */
final class NewEntityTracker
        implements PersistEventListener, MergeEventListener, PostInsertEventListener, PreDeleteEventListener {

    private static final long serialVersionUID = 1L;

    private final transient ThreadLocal<@Nullable Map<SharedSessionContractImplementor, Log>> logs =
            new ThreadLocal<>();

    private NewEntityTracker() {}

    static NewEntityTracker of(SessionFactoryImplementor factory) {
        return OncePerFactory.listener(factory, EventType.POST_INSERT, NewEntityTracker.class, () -> {
            NewEntityTracker tracker = new NewEntityTracker();
            factory.getEventListenerRegistry()
                    .getEventListenerGroup(EventType.PERSIST)
                    .prependListener(tracker);
            factory.getEventListenerRegistry()
                    .getEventListenerGroup(EventType.PERSIST_ONFLUSH)
                    .prependListener(tracker);
            factory.getEventListenerRegistry()
                    .getEventListenerGroup(EventType.MERGE)
                    .appendListener(tracker);
            factory.getEventListenerRegistry()
                    .getEventListenerGroup(EventType.PRE_DELETE)
                    .appendListener(tracker);
            return tracker;
        });
    }

    /** Opens the log of a session, or returns the one that an outer nested scope has opened. */
    Log open(SharedSessionContractImplementor session) {
        Map<SharedSessionContractImplementor, Log> ofThread = logs.get();
        if (ofThread == null) {
            ofThread = new IdentityHashMap<>(2);
            logs.set(ofThread);
        }
        Log log = ofThread.computeIfAbsent(session, opened -> new Log());
        log.users++;
        return log;
    }

    void close(SharedSessionContractImplementor session) {
        Map<SharedSessionContractImplementor, Log> ofThread = logs.get();
        Log log = logOf(session);
        if (ofThread != null && log != null && --log.users == 0) {
            ofThread.remove(session);
            if (ofThread.isEmpty()) {
                logs.remove();
            }
        }
    }

    private @Nullable Log logOf(SharedSessionContractImplementor session) {
        Map<SharedSessionContractImplementor, Log> ofThread = logs.get();
        return ofThread == null ? null : ofThread.get(session);
    }

    @Override
    public void onPersist(PersistEvent event, PersistContext alreadyPersisted) {
        onPersist(event);
    }

    /** Comes before Hibernate's own listener, while the entity has what identifier and version it had. */
    @Override
    public void onPersist(PersistEvent event) {
        EventSource session = event.getSession();
        Log log = logOf(session);
        Object entity = event.getObject();
        if (log == null
                || entity instanceof HibernateProxy
                || session.getPersistenceContextInternal().getEntry(entity) != null) {
            return;
        }
        EntityPersister persister = session.getEntityPersister(event.getEntityName(), entity);
        if (mayBeTransient(entity, persister, session)) {
            log.entities.add(NewEntity.like(entity, entity, persister, session));
        }
    }

    @Override
    public void onMerge(MergeEvent event, MergeContext alreadyMerged) {
        onMerge(event);
    }

    /** Comes after Hibernate's own listener, when there is a copy. */
    @Override
    public void onMerge(MergeEvent event) {
        EventSource session = event.getSession();
        Log log = logOf(session);
        Object copy = event.getResult();
        if (log != null && copy != null && !(copy instanceof HibernateProxy)) {
            EntityEntry entry = session.getPersistenceContextInternal().getEntry(copy);
            if (entry != null && !entry.isExistsInDatabase()) {
                Object merged = event.getEntity();
                EntityPersister persister = entry.getPersister();
                log.entities.add(
                        mayBeTransient(merged, persister, session)
                                ? NewEntity.like(merged, copy, persister, session)
                                : NewEntity.madeByHibernate(copy, persister));
            }
        }
    }

    private static boolean mayBeTransient(Object entity, EntityPersister persister, EventSource session) {
        return !Boolean.FALSE.equals(persister.isTransient(entity, session));
    }

    @Override
    public void onPostInsert(PostInsertEvent event) {
        Log log = logOf(event.getSession());
        if (log != null) {
            log.entities.add(NewEntity.madeByHibernate(event.getEntity(), event.getPersister()));
        }
    }

    @Override
    public boolean onPreDelete(PreDeleteEvent event) {
        return false;
    }

    @Override
    public boolean requiresPostCommitHandling(EntityPersister persister) {
        return false;
    }

    /** What became persistent in one session since its outermost nested scope began, in order. */
    static final class Log {
        private final List<NewEntity> entities = new ArrayList<>(0);
        private int users;

        int size() {
            return entities.size();
        }

        /** Removes and returns, by instance, what became persistent since the log had the given size. */
        Map<Object, NewEntity> cutFrom(int size) {
            List<NewEntity> tail = entities.subList(size, entities.size());
            Map<Object, NewEntity> cut = new IdentityHashMap<>();
            tail.forEach(each -> cut.putIfAbsent(each.entity(), each));
            tail.clear();
            return cut;
        }
    }
}
