package io.hexai.jpa.repository;

import io.hexai.jpa.transaction.Transaction;
import jakarta.persistence.LockModeType;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.hibernate.Hibernate;
import org.hibernate.LockMode;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.PersistenceContext;
import org.hibernate.event.spi.EventSource;
import org.hibernate.persister.entity.EntityPersister;

/**
 * What was in memory before a fetch, and what is still to be done with what the fetch returned. A fetch leaves the state of
 * instances that are there already as it is; so one that was fetched read-only has to become changeable, and one that was
 * fetched without a lock may be older than the row that is locked now.
 */
final class KnownEntities {

    private final FetchMode mode;
    private final EventSource session;
    private final EntityPersister persister;
    private final Map<Object, Before> unlocked = new IdentityHashMap<>(0);

    private KnownEntities(FetchMode mode, EventSource session, EntityPersister persister) {
        this.mode = mode;
        this.session = session;
        this.persister = persister;
    }

    static KnownEntities before(
            FetchMode mode, EventSource session, EntityPersister persister, Transaction transaction) {
        KnownEntities known = new KnownEntities(mode, session, persister);
        if (mode.isLocking()) {
            known.rememberUnlocked(transaction);
        }
        return known;
    }

    private void rememberUnlocked(Transaction transaction) {
        for (var managed : session.getPersistenceContextInternal().reentrantSafeEntityEntries()) {
            EntityEntry entry = managed.getValue();
            if (persister.isInstance(managed.getKey())
                    && !entry.getStatus().isDeletedOrGone()
                    && entry.isExistsInDatabase()
                    && entry.getLockMode().lessThan(LockMode.PESSIMISTIC_READ)) {
                boolean changedUnguarded =
                        !persister.isVersioned() && transaction.changes().isModified(managed.getKey());
                unlocked.put(managed.getKey(), new Before(entry.getLockMode(), changedUnguarded));
            }
        }
    }

    boolean isManaged(Object id) {
        PersistenceContext context = session.getPersistenceContextInternal();
        Object entity = context.getEntity(session.generateEntityKey(id, persister));
        return entity != null && unlocked.containsKey(entity);
    }

    <T> List<T> allPrepared(List<T> found) {
        List<T> prepared = new ArrayList<>(found.size());
        for (T entity : found) {
            if (entity != null) {
                prepared.add(prepared(entity));
            }
        }
        return prepared;
    }

    <T> T prepared(T found) {
        if (!mode.isReadOnly()) {
            Object entity = Hibernate.unproxy(found);
            EntityEntry entry = session.getPersistenceContextInternal().getEntry(entity);
            Before before = unlocked.get(entity);
            if (entry != null && !ReadOnlyFetch.undo(entity, entry, session, lock()) && before != null) {
                bringUpToDate(entity, entry, before);
            }
        }
        return found;
    }

    /** Where Hibernate knows the version of what it has, it has compared it with the locked row's. */
    private void bringUpToDate(Object entity, EntityEntry entry, Before before) {
        if (before.changedUnguarded()) {
            throw new IllegalStateException(persister.getImportedName() + " " + entry.getId()
                    + " was changed before it was fetched for update, and has no @Version that could tell whether the"
                    + " change rests on the current row. Fetch it for update first, then change it.");
        }
        if (!persister.isVersioned()) {
            readAnew(entity);
        } else if (before.lockMode() == LockMode.NONE) {
            entry.setLockMode(LockMode.NONE);
            session.lock(entity, LockModeType.PESSIMISTIC_WRITE);
        }
    }

    private void readAnew(Object entity) {
        session.refresh(entity, lock());
    }

    private LockModeType lock() {
        return mode.isLocking() ? LockModeType.PESSIMISTIC_WRITE : LockModeType.NONE;
    }

    /** The lock of an entity, and whether it had changes that no version guards. */
    private record Before(LockMode lockMode, boolean changedUnguarded) {}
}
