package io.hexai.jpa.transaction;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.hibernate.LockMode;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.EntityHolder;
import org.hibernate.engine.spi.EntityKey;
import org.hibernate.engine.spi.ManagedEntity;
import org.hibernate.engine.spi.PersistenceContext;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.engine.spi.Status;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.type.Type;
import org.jspecify.annotations.Nullable;

/**
 * The entities that a persistence context manages, as they are right after a flush. There may be thousands, of which a nested
 * scope changes few. So of each ordinary one there is only kept, side by side, what of its entry may change, and an
 * {@link EntityImage} is made when it has changed and is restored.
 */
final class EntityImages {

    private final SessionImplementor session;
    private final PersistenceContext context;

    /** Hibernate's own array, which it replaces and does not change. */
    private final ManagedEntity[] managed;

    private final @Nullable EntityEntry[] entries;

    /** This and the next two hold something of ordinary entities only. */
    private final Object[][] loadedStates;

    private final @Nullable Object[] versions;
    private final LockMode[] lockModes;
    private @Nullable EntityImage @Nullable [] others;
    private @Nullable Set<Object> instances;

    private EntityImages(SessionImplementor session) {
        this.session = session;
        this.context = session.getPersistenceContextInternal();
        this.managed = context.reentrantSafeManagedEntities();
        this.entries = new EntityEntry[managed.length];
        this.loadedStates = new Object[managed.length][];
        this.versions = new Object[managed.length];
        this.lockModes = new LockMode[managed.length];
    }

    /** Captures all but those that were removed and are not gone yet. */
    static EntityImages of(SessionImplementor session) {
        EntityImages images = new EntityImages(session);
        images.capture();
        return images;
    }

    private void capture() {
        OrdinaryMappings ordinary = new OrdinaryMappings();
        for (int i = 0; i < managed.length; i++) {
            EntityEntry entry = managed[i].$$_hibernate_getEntityEntry();
            Object[] loadedState = entry.getLoadedState();
            if (entry.getStatus() == Status.MANAGED
                    && loadedState != null
                    && entry.isExistsInDatabase()
                    && ordinary.include(entry.getPersister())) {
                entries[i] = entry;
                loadedStates[i] = loadedState;
                versions[i] = entry.getVersion();
                lockModes[i] = entry.getLockMode();
            } else if (!entry.getStatus().isDeletedOrGone()) {
                addOther(i, entry);
            }
        }
    }

    private void addOther(int index, EntityEntry entry) {
        if (others == null) {
            others = new EntityImage[managed.length];
        }
        entries[index] = entry;
        others[index] = EntityImage.of(managed[index].$$_hibernate_getEntityInstance(), entry, session);
    }

    boolean contains(Object entity) {
        return instances().contains(entity);
    }

    /** Most nested scopes neither load nor persist, and never ask. */
    private Set<Object> instances() {
        if (instances == null) {
            instances = Collections.newSetFromMap(new IdentityHashMap<>(managed.length));
            for (int i = 0; i < managed.length; i++) {
                if (entries[i] != null) {
                    instances.add(managed[i].$$_hibernate_getEntityInstance());
                }
            }
        }
        return instances;
    }

    /** Hands over what has become managed since. Hibernate adds at the end, so that the others mostly stand where they stood. */
    void forEachAddedSince(BiConsumer<Object, EntityEntry> action) {
        ManagedEntity[] now = context.reentrantSafeManagedEntities();
        int before = 0;
        for (ManagedEntity each : now) {
            while (before < managed.length && managed[before] != each) {
                before++;
            }
            Object entity = each.$$_hibernate_getEntityInstance();
            boolean stayed = before < managed.length && entries[before] != null;
            if (!stayed && !contains(entity)) {
                action.accept(entity, each.$$_hibernate_getEntityEntry());
            }
            before = Math.min(before + 1, managed.length);
        }
    }

    /** Puts them back, without SQL; the operator names the wrapper that stands for a collection from now on. */
    void restore(UnaryOperator<@Nullable Object> collections) {
        for (int i = 0; i < managed.length; i++) {
            EntityEntry entry = entries[i];
            EntityImage other = others == null ? null : others[i];
            if (other != null) {
                restore(other, collections);
            } else if (entry != null && isUntouched(i, entry)) {
                restoreLock(i, entry);
            } else if (entry != null) {
                restore(ordinaryImage(i, entry), collections);
            }
        }
        restoreNaturalIds();
    }

    /** Tells whether the context, once they are restored, has no instance but these. May say no though it is so. */
    boolean areAllIn(Map<EntityKey, EntityHolder> holders) {
        int certain = 0;
        for (int i = 0; i < managed.length; i++) {
            EntityImage other = others == null ? null : others[i];
            if (other == null ? entries[i] != null : !other.isReference()) {
                certain++;
            }
        }
        return holders.size() == certain
                || holders.values().stream()
                                .filter(holder -> holder.getEntity() != null)
                                .count()
                        == certain;
    }

    private void restore(EntityImage image, UnaryOperator<@Nullable Object> collections) {
        evictOtherThan(image.entity(), image.key());
        image.restoreIn(session, collections);
    }

    /** Its entry may still have got another lock mode. */
    private boolean isUntouched(int index, EntityEntry entry) {
        Object entity = managed[index].$$_hibernate_getEntityInstance();
        Object[] loadedState = loadedStates[index];
        return managed[index].$$_hibernate_getEntityEntry() == entry
                && entry.getStatus() == Status.MANAGED
                && entry.getLoadedState() == loadedState
                && Objects.equals(entry.getVersion(), versions[index])
                && context.getEntity(entry.getEntityKey()) == entity
                && EntityImage.hasIdentifier(entity, entry, session)
                && hasValues(entity, loadedState, entry.getPersister());
    }

    private static boolean hasValues(Object entity, Object[] loadedState, EntityPersister persister) {
        Object[] values = persister.getValues(entity);
        Type[] types = persister.getPropertyTypes();
        for (int i = 0; i < values.length; i++) {
            if (values[i] != loadedState[i] && !types[i].isSame(loadedState[i], values[i])) {
                return false;
            }
        }
        return true;
    }

    private void restoreLock(int index, EntityEntry entry) {
        LockMode lockMode = lockModes[index];
        if (entry.getLockMode() != lockMode) {
            entry.setLockMode(lockMode);
        }
        entry.setMaybeLazySet(null);
    }

    private EntityImage ordinaryImage(int index, EntityEntry entry) {
        return EntityImage.ofOrdinary(
                managed[index].$$_hibernate_getEntityInstance(),
                entry,
                loadedStates[index],
                versions[index],
                lockModes[index]);
    }

    /** Another instance of the same row, loaded after the first was detached, has to make room for it. */
    private void evictOtherThan(Object entity, EntityKey key) {
        Object other = context.getEntity(key);
        if (other != null && other != entity) {
            EntityEntry entry = context.getEntry(other);
            if (entry != null) {
                context.removeEntry(other);
            }
            context.removeEntity(key);
        }
    }

    private void restoreNaturalIds() {
        if (others != null) {
            for (EntityImage image : others) {
                if (image != null) {
                    image.restoreNaturalIdIn(context);
                }
            }
        }
        context.getNaturalIdResolutions().cleanupFromSynchronizations();
    }
}
