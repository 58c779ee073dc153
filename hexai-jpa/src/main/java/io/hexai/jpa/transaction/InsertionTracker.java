package io.hexai.jpa.transaction;

import io.hexai.jpa.internal.OncePerFactory;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.event.spi.EventType;
import org.hibernate.event.spi.PostInsertEvent;
import org.hibernate.event.spi.PostInsertEventListener;
import org.hibernate.event.spi.PreDeleteEvent;
import org.hibernate.event.spi.PreDeleteEventListener;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which entities a session has inserted while nested scopes are open in it. Hibernate itself forgets: once
 * inserted, an entity looks like one that was loaded. One listener serves all units of work of a factory.
 *
 * <p>It listens to deletions only for the effect of being there: without a listener, Hibernate removes a reference that was
 * never loaded without loading it, and keeps its key as removed, which a nested rollback could not take back.
 */
final class InsertionTracker implements PostInsertEventListener, PreDeleteEventListener {

    private static final long serialVersionUID = 1L;

    private final transient ThreadLocal<@Nullable Map<SharedSessionContractImplementor, Log>> logs =
            new ThreadLocal<>();

    private InsertionTracker() {}

    static InsertionTracker of(SessionFactoryImplementor factory) {
        return OncePerFactory.listener(factory, EventType.POST_INSERT, InsertionTracker.class, () -> {
            InsertionTracker tracker = new InsertionTracker();
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
        Log log = ofThread == null ? null : ofThread.get(session);
        if (ofThread != null && log != null && --log.users == 0) {
            ofThread.remove(session);
            if (ofThread.isEmpty()) {
                logs.remove();
            }
        }
    }

    @Override
    public void onPostInsert(PostInsertEvent event) {
        Map<SharedSessionContractImplementor, Log> ofThread = logs.get();
        Log log = ofThread == null ? null : ofThread.get(event.getSession());
        if (log != null) {
            log.insertions.add(new Insertion(event.getEntity(), event.getId(), event.getPersister()));
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

    /** An entity that was inserted, under the identifier it got. */
    record Insertion(Object entity, Object id, EntityPersister persister) {}

    /** What one session inserted since its outermost nested scope began, in order. */
    static final class Log {
        private final List<Insertion> insertions = new ArrayList<>(0);
        private int users;

        int size() {
            return insertions.size();
        }

        /** Removes and returns what was inserted since the log had the given size. */
        List<Insertion> cutFrom(int size) {
            List<Insertion> tail = insertions.subList(size, insertions.size());
            List<Insertion> cut = List.copyOf(tail);
            tail.clear();
            return cut;
        }
    }
}
