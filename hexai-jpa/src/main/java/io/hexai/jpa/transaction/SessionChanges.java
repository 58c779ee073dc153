package io.hexai.jpa.transaction;

import io.hexai.jpa.internal.CascadeWalk;
import java.util.LinkedHashSet;
import java.util.Set;
import org.hibernate.Hibernate;
import org.hibernate.collection.spi.PersistentCollection;
import org.hibernate.engine.spi.CascadingActions;
import org.hibernate.engine.spi.CollectionEntry;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.engine.spi.Status;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.type.Type;
import org.jspecify.annotations.Nullable;

/** Reads off Hibernate's own bookkeeping what the next flush would write, without SQL. */
final class SessionChanges implements PendingChanges {

    private final SessionImplementor session;

    SessionChanges(SessionImplementor session) {
        this.session = session;
    }

    @Override
    public boolean isManaged(Object entity) {
        EntityEntry entry = entryOrNull(entity);
        return entry != null && !entry.getStatus().isDeletedOrGone();
    }

    @Override
    public boolean isNew(Object entity) {
        EntityEntry entry = entry(entity);
        return !entry.isExistsInDatabase() && !entry.getStatus().isDeletedOrGone();
    }

    @Override
    public boolean isModified(Object entity) {
        return !modifiedAttributes(entity).isEmpty();
    }

    @Override
    public boolean isRemoved(Object entity) {
        return entry(entity).getStatus().isDeletedOrGone();
    }

    @Override
    public Set<String> modifiedAttributes(Object entity) {
        Object target = Hibernate.unproxy(entity);
        return modifiedAttributes(target, entry(target));
    }

    private Set<String> modifiedAttributes(Object entity, EntityEntry entry) {
        Set<String> modified = new LinkedHashSet<>();
        if (entry.getStatus() == Status.MANAGED && entry.isExistsInDatabase()) {
            EntityPersister persister = entry.getPersister();
            Object[] values = persister.getValues(entity);
            String[] names = persister.getPropertyNames();
            int[] dirty = persister.findDirty(values, entry.getLoadedState(), entity, session);
            if (dirty != null) {
                for (int index : dirty) {
                    modified.add(names[index]);
                }
            }
            for (int i = 0; i < values.length; i++) {
                if (CollectionStates.holdsChanged(values[i], persister.getPropertyTypes()[i], session)) {
                    modified.add(names[i]);
                }
            }
        }
        return modified;
    }

    @Override
    public boolean isEmpty() {
        for (var managed : session.getPersistenceContextInternal().reentrantSafeEntityEntries()) {
            EntityEntry entry = managed.getValue();
            if (entry.getStatus().isDeletedOrGone()
                    || !entry.isExistsInDatabase()
                    || !modifiedAttributes(managed.getKey(), entry).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void revert(Object entity) {
        Object target = Hibernate.unproxy(entity);
        EntityEntry entry = entry(target);
        if (entry.getStatus() == Status.DELETED) {
            keep(target);
        }
        if (!entry.isExistsInDatabase()) {
            forget(target);
            return;
        }
        if (entry.getStatus() == Status.MANAGED) {
            revertCollections(entry);
            EntityImage.ofLastFlush(target, entry, session).restoreIn(session, value -> value);
        }
    }

    /** What was removed along with it comes back along with it; persisting again is JPA's way to take a removal back. */
    private void keep(Object entity) {
        for (Object removed : CascadeWalk.from(entity, CascadingActions.REMOVE, session)) {
            EntityEntry entry = entry(removed);
            if (entry.getStatus().isDeletedOrGone()) {
                session.persist(removed);
                if (entry.getLoadedState() == null) { // it was read-only, which a removal makes Hibernate forget
                    entry.setReadOnly(true, removed);
                }
            }
        }
    }

    /** What was persisted along with it goes along with it, for its insertion would refer to a row that will not be. */
    private void forget(Object entity) {
        if (!QueuedInsertions.canBeTakenBack()) {
            session.remove(entity);
            return;
        }
        Set<Object> persisted = CascadeWalk.from(entity, CascadingActions.PERSIST, session);
        persisted.removeIf(reached -> !isNew(reached));
        QueuedInsertions.takeBack(persisted, session.asEventSource().getActionQueue());
        Forgetting forgetting = new Forgetting(session);
        persisted.forEach(each -> forgetting.forgetNew(each, entry(each)));
    }

    private void revertCollections(EntityEntry entry) {
        Type[] types = entry.getPersister().getPropertyTypes();
        for (int i = 0; i < types.length; i++) {
            AttributeValues.withCollections(entry.getLoadedState()[i], types[i], value -> {
                if (value instanceof PersistentCollection<?> wrapper) {
                    revert(wrapper);
                }
                return value;
            });
        }
    }

    /** One that was not loaded has nothing to take back but queued additions, which it forgets. */
    private void revert(PersistentCollection<?> wrapper) {
        CollectionEntry entry = session.getPersistenceContextInternal().getCollectionEntry(wrapper);
        if (entry != null && wrapper.wasInitialized()) {
            CollectionImage image = CollectionImage.ofLastFlush(wrapper, entry);
            if (image != null) {
                image.restoreIn(session);
            }
        } else if (wrapper.hasQueuedOperations()) {
            wrapper.postAction();
        }
    }

    private EntityEntry entry(Object entity) {
        EntityEntry entry = entryOrNull(entity);
        if (entry == null) {
            throw new IllegalArgumentException(
                    "The instance of " + entity.getClass().getName()
                            + " is not known to the persistence context; persist or find it in this unit of work first.");
        }
        return entry;
    }

    private @Nullable EntityEntry entryOrNull(Object entity) {
        Object target = Hibernate.unproxy(entity);
        if (session.getFactory().getMappingMetamodel().findEntityDescriptor(target.getClass()) == null) {
            throw new IllegalArgumentException(
                    target.getClass().getName() + " is not an entity class of this persistence unit.");
        }
        return session.getPersistenceContextInternal().getEntry(target);
    }
}
