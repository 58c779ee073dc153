package io.hexai.jpa.repository;

import io.hexai.jpa.event.RaisesEvents;
import io.hexai.jpa.internal.DomainObjectRegistry;
import io.hexai.jpa.transaction.PendingChanges;
import io.hexai.jpa.transaction.ResourceKey;
import io.hexai.jpa.transaction.SavepointObserver;
import io.hexai.jpa.transaction.Transaction;
import io.hexai.jpa.transaction.TransactionHook;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hibernate.FlushMode;
import org.hibernate.SessionEventListener;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.EntityKey;
import org.hibernate.engine.spi.Status;
import org.hibernate.event.spi.EventSource;
import org.jspecify.annotations.Nullable;

/**
 * The domain objects of a unit of work, whichever repository they came from. Listens to its session, so as to copy them onto
 * their entities before Hibernate looks for changes. Confined to its thread.
 */
// It is never serialized, being bound to a thread.
@SuppressWarnings("serial")
final class MappedObjects implements SessionEventListener {

    /** Registered with every unit of work that has repositories; the same instance is told only once. */
    static final SavepointObserver SAVEPOINTS = around -> of(around).beforeNested();

    private static final ResourceKey<MappedObjects> KEY = ResourceKey.of("mapped domain objects");

    private final EventSource session;
    private final PendingChanges changes;
    private Map<EntityKey, TrackedObject<?, ?>> tracked = new LinkedHashMap<>();
    private final Set<Object> beingMapped = Collections.newSetFromMap(new IdentityHashMap<>(2));

    /** What has changed in the map since the first nested scope, the latest first. */
    private @Nullable Change latest;

    /** One of the domain objects, perhaps forgotten since, may raise events. */
    private boolean raising;

    private boolean copying;
    private boolean abandoned;

    private MappedObjects(Transaction transaction) {
        session = transaction.entityManager().unwrap(EventSource.class);
        changes = transaction.changes();
    }

    static MappedObjects of(Transaction transaction) {
        return transaction.resource(KEY, () -> open(transaction));
    }

    private static MappedObjects open(Transaction transaction) {
        MappedObjects objects = new MappedObjects(transaction);
        Runnable registration = DomainObjectRegistry.registerWithListeners(objects.session, objects::sourcesOfEvents);
        transaction.afterCommit(registration::run);
        transaction.afterRollback(() -> {
            objects.abandoned = true;
            registration.run();
        });
        objects.session.addEventListeners(objects);
        return objects;
    }

    EntityKey keyOf(Class<?> entityClass, Object id) {
        return session.generateEntityKey(
                id, session.getFactory().getMappingMetamodel().getEntityDescriptor(entityClass));
    }

    /** So many are about to be followed: what is to hold them need not grow with them. */
    void expect(int count) {
        if (tracked.isEmpty()) {
            tracked = new LinkedHashMap<>(count + count / 2);
        }
    }

    /** Returns what the repository follows under a key: an object whose entity is managed, or one that it has removed. */
    <D, E> @Nullable TrackedObject<D, E> known(MappedRepository<D, E, ?> repository, EntityKey key) {
        TrackedObject<?, ?> known = tracked.get(key);
        if (known == null || !isPresent(known)) {
            return null;
        }
        known.requireNotLost();
        if (known.repository().getClass() != repository.getClass()) {
            throw new IllegalStateException("The entity " + key + " stands for a domain object of "
                    + known.repository().getClass().getName() + " in this unit of work, so "
                    + repository.getClass().getName()
                    + " cannot map it to another one: each would overwrite the other's changes.");
        }
        @SuppressWarnings("unchecked") // repositories of one class have one domain class and one entity class
        TrackedObject<D, E> typed = (TrackedObject<D, E>) known;
        return typed;
    }

    /** Returns the domain object of an entity, also if it was removed, and follows it from now on. */
    <D, E> TrackedObject<D, E> track(MappedRepository<D, E, ?> repository, E entity) {
        EntityEntry entry = session.getPersistenceContextInternal().getEntry(entity);
        if (entry == null) {
            throw new IllegalArgumentException("The instance of "
                    + entity.getClass().getName()
                    + " is not managed in this unit of work, so changes could not be written. Find it in this one.");
        }
        TrackedObject<D, E> known = known(repository, entry.getEntityKey());
        if (known != null) {
            return known;
        }
        if (!beingMapped.add(entity)) {
            throw new IllegalStateException(
                    "The domain object of " + entry.getEntityKey() + " is needed to make itself:"
                            + " toDomain tracks an entity whose own toDomain tracks this one. Refer to one of the two by identity.");
        }
        try {
            ReadOnlyFetch.undoWithChildren(entity, entry, session);
            D domainObject = repository.toDomain(entity);
            return follow(new TrackedObject<>(repository, entry.getEntityKey(), domainObject, entity));
        } finally {
            beingMapped.remove(entity);
        }
    }

    <D, E> void persist(MappedRepository<D, E, ?> repository, D domainObject, E entity) {
        EntityKey key = keyOf(repository.entityClass(), repository.identityOf(domainObject));
        Object assigned = key.getPersister().getIdentifier(entity, session);
        if (!key.getPersister().getIdentifierType().isEqual(key.getIdentifier(), assigned)) {
            throw new IdentityMismatchException(repository.getClass(), assigned, key.getIdentifier());
        }
        session.persist(entity);
        follow(new TrackedObject<>(repository, key, domainObject, entity));
    }

    /** Takes the row of a removed object whose deletion is not flushed yet; else it has to be inserted anew. */
    <D, E> void replaceRemoved(TrackedObject<D, E> removed, D domainObject, Runnable insert) {
        EntityEntry entry = session.getPersistenceContextInternal().getEntry(removed.entity());
        if (entry == null || entry.getStatus() != Status.DELETED) {
            insert.run();
            return;
        }
        TrackedObject<D, E> replaced =
                new TrackedObject<>(removed.repository(), removed.key(), domainObject, removed.entity());
        replaced.copyToEntity();
        session.persist(removed.entity());
        put(replaced);
    }

    void remove(TrackedObject<?, ?> known) {
        if (!known.isRemoved()) {
            session.remove(known.entity());
            put(known.removed());
        }
    }

    void untrack(EntityKey key, Object domainObject) {
        TrackedObject<?, ?> known = tracked.get(key);
        if (known == null || known.isRemoved() || known.domainObject() != domainObject) {
            return;
        }
        change(key, null);
        if (isPresent(known)) {
            if (changes.isNew(known.entity())) {
                changes.revert(known.entity());
            } else {
                session.detach(known.entity());
            }
        }
    }

    private <D, E> TrackedObject<D, E> follow(TrackedObject<D, E> object) {
        object.requireSameIdentity();
        put(object);
        return object;
    }

    private void put(TrackedObject<?, ?> object) {
        raising |= object.domainObject() instanceof RaisesEvents;
        change(object.key(), object);
    }

    private void change(EntityKey key, @Nullable TrackedObject<?, ?> now) {
        TrackedObject<?, ?> before = now == null ? tracked.remove(key) : tracked.put(key, now);
        if (latest != null) {
            latest = new Change(latest, key, before);
        }
    }

    private boolean isPresent(TrackedObject<?, ?> object) {
        return object.isRemoved() || isManaged(object.entity());
    }

    private boolean isManaged(Object entity) {
        EntityEntry entry = session.getPersistenceContextInternal().getEntry(entity);
        return entry != null && !entry.getStatus().isDeletedOrGone();
    }

    /** Removed ones are among them: what they have raised counts. */
    private Collection<Object> sourcesOfEvents() {
        if (!raising) {
            return List.of();
        }
        List<Object> sources = new ArrayList<>();
        for (TrackedObject<?, ?> each : tracked.values()) {
            if (each.domainObject() instanceof RaisesEvents && isPresent(each)) {
                sources.add(each.domainObject());
            }
        }
        return sources;
    }

    private List<TrackedObject<?, ?>> written() {
        List<TrackedObject<?, ?>> written = new ArrayList<>(tracked.size());
        for (TrackedObject<?, ?> each : tracked.values()) {
            if (isWritten(each)) {
                written.add(each);
            }
        }
        return written;
    }

    private boolean isWritten(TrackedObject<?, ?> object) {
        return !object.isRemoved() && isManaged(object.entity());
    }

    @Override
    public void flushStart() {
        copyToEntities();
    }

    @Override
    public void prePartialFlushStart() {
        copyIfFlushedBeforeQueries();
    }

    @Override
    public void partialFlushStart() {
        copyIfFlushedBeforeQueries();
    }

    private void copyIfFlushedBeforeQueries() {
        FlushMode mode = session.getHibernateFlushMode();
        if (mode == FlushMode.AUTO || mode == FlushMode.ALWAYS) {
            copyToEntities();
        }
    }

    private void copyToEntities() {
        if (copying || abandoned) {
            return;
        }
        copying = true;
        try {
            for (TrackedObject<?, ?> each : tracked.values().toArray(new TrackedObject<?, ?>[0])) {
                if (isWritten(each)) {
                    each.requireNotLost();
                    each.copyToEntity();
                }
            }
        } finally {
            copying = false;
        }
    }

    private TransactionHook beforeNested() {
        Change mark = new Change(latest, null, null);
        latest = mark;
        return () -> {
            if (session.isOpen() && takeBackTo(mark) && !session.isDefaultReadOnly()) {
                restoreDomainObjects();
            }
        };
    }

    /** Does nothing if an enclosing scope has rolled back before, and has gone further back. */
    private boolean takeBackTo(Change mark) {
        if (!isAmongChanges(mark)) {
            return false;
        }
        for (Change change = latest; change != null && change != mark; change = change.earlier()) {
            if (change.key() != null) {
                takeBack(change.key(), change.before());
            }
        }
        latest = mark.earlier();
        return true;
    }

    private boolean isAmongChanges(Change mark) {
        for (Change change = latest; change != null; change = change.earlier()) {
            if (change == mark) {
                return true;
            }
        }
        return false;
    }

    /** What was first found in the nested scope is kept, since its entity is. */
    private void takeBack(EntityKey key, @Nullable TrackedObject<?, ?> before) {
        if (before != null) {
            tracked.put(key, before);
            return;
        }
        TrackedObject<?, ?> now = tracked.get(key);
        if (now != null && (now.isRemoved() || !isManaged(now.entity()))) {
            tracked.remove(key);
        }
    }

    private void restoreDomainObjects() {
        copying = true;
        try {
            NestedRollback rollback = new NestedRollback(session, changes);
            rollback.restore(written()).forEach(lost -> tracked.put(lost.key(), lost));
        } finally {
            copying = false;
        }
    }

    /** A link in the chain of changes; without a key it marks the begin of a nested scope. Compared by identity. */
    private static final class Change {
        private final @Nullable Change earlier;
        private final @Nullable EntityKey key;
        private final @Nullable TrackedObject<?, ?> before;

        Change(@Nullable Change earlier, @Nullable EntityKey key, @Nullable TrackedObject<?, ?> before) {
            this.earlier = earlier;
            this.key = key;
            this.before = before;
        }

        @Nullable
        Change earlier() {
            return earlier;
        }

        @Nullable
        EntityKey key() {
            return key;
        }

        @Nullable
        TrackedObject<?, ?> before() {
            return before;
        }
    }
}
