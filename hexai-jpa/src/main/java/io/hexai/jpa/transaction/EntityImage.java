package io.hexai.jpa.transaction;

import java.util.Objects;
import java.util.function.UnaryOperator;
import org.hibernate.LockMode;
import org.hibernate.bytecode.enhance.spi.interceptor.EnhancementAsProxyLazinessInterceptor;
import org.hibernate.bytecode.enhance.spi.interceptor.LazyAttributeLoadingInterceptor;
import org.hibernate.bytecode.spi.BytecodeEnhancementMetadata;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.EntityKey;
import org.hibernate.engine.spi.PersistenceContext;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.engine.spi.Status;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.type.Type;
import org.jspecify.annotations.Nullable;

/**
 * An entity as it was right after a flush. What was flushed equals Hibernate's own loaded state, which is replaced and not
 * changed later, but for collections, what is loaded lazily, and the version, which is kept apart; only attributes that no
 * flush compares are copied besides.
 */
final class EntityImage {

    private final Object entity;
    private final EntityEntry entry;
    private final EntityPersister persister;
    private final Status status;
    private final LockMode lockMode;
    private final boolean existsInDatabase;
    private final @Nullable Object version;
    private final @Nullable EnhancementAsProxyLazinessInterceptor reference;
    private final Object @Nullable [] loadedState;
    private final @Nullable Object @Nullable [] unflushed;

    /** Captures the entity as it is now, right after a flush. */
    static EntityImage of(Object entity, EntityEntry entry, SessionImplementor session) {
        return new EntityImage(entity, entry, session, true);
    }

    /** Captures the entity as of the last load or flush, whatever happened to it since; not for read-only ones. */
    static EntityImage ofLastFlush(Object entity, EntityEntry entry, SessionImplementor session) {
        return new EntityImage(entity, entry, session, false);
    }

    /** Returns the image of one of the {@link OrdinaryMappings} whose entry had this state, version and lock mode. */
    static EntityImage ofOrdinary(
            Object entity, EntityEntry entry, Object[] loadedState, @Nullable Object version, LockMode lockMode) {
        return new EntityImage(entity, entry, loadedState, version, lockMode);
    }

    private EntityImage(Object entity, EntityEntry entry, SessionImplementor session, boolean asItIsNow) {
        this.entity = entity;
        this.entry = entry;
        this.persister = entry.getPersister();
        this.status = entry.getStatus();
        this.lockMode = entry.getLockMode();
        this.existsInDatabase = entry.isExistsInDatabase();
        this.version = entry.getVersion();
        Object[] loaded = entry.getLoadedState();
        boolean changedInPlace = persister.hasCollections() || persister.hasLazyProperties();
        this.loadedState = loaded != null && changedInPlace ? loaded.clone() : loaded;
        this.reference = EnhancedReference.watching(entity, persister);
        this.unflushed = asItIsNow && reference == null ? copyOfUnflushed(session) : null;
    }

    private EntityImage(
            Object entity, EntityEntry entry, Object[] loadedState, @Nullable Object version, LockMode lockMode) {
        this.entity = entity;
        this.entry = entry;
        this.persister = entry.getPersister();
        this.status = Status.MANAGED;
        this.lockMode = lockMode;
        this.existsInDatabase = true;
        this.version = version;
        this.loadedState = loadedState;
        this.reference = null;
        this.unflushed = null;
    }

    /** Values of attributes that dirty checking leaves out, and of entities that it leaves out; null if there are none. */
    private @Nullable Object @Nullable [] copyOfUnflushed(SessionImplementor session) {
        boolean[] updateable = persister.getPropertyUpdateability();
        boolean all = loadedState == null;
        @Nullable Object[] copies = null;
        for (int i = 0; i < updateable.length; i++) {
            if (all || !updateable[i]) {
                copies = copies == null ? new Object[updateable.length] : copies;
                copies[i] = copy(persister.getValue(entity, i), i, session);
            }
        }
        return copies;
    }

    Object entity() {
        return entity;
    }

    EntityKey key() {
        return entry.getEntityKey();
    }

    /** Puts the entity back, without SQL; the operator names the wrapper that stands for a collection from now on. */
    @SuppressWarnings("NullAway") // Hibernate takes null for the version of an entity that has none
    void restoreIn(SessionImplementor session, UnaryOperator<@Nullable Object> collections) {
        PersistenceContext context = session.getPersistenceContextInternal();
        if (reference != null) {
            restoreReferenceIn(context, session);
            return;
        }
        restoreLoadedVersion();
        boolean inPlace =
                context.getEntry(entity) == entry && entry.getStatus() == status && context.getEntity(key()) == entity;
        if (!inPlace) {
            context.removeEntry(entity);
            context.removeEntity(key());
        }
        if (!hasIdentifier(entity, entry, session)) {
            persister.setIdentifier(entity, entry.getId(), session);
        }
        restoreInterceptor(session);
        boolean changed = restoreValues(session, collections);
        if (!inPlace) {
            addTo(context, collections);
        } else if (loadedState != null
                && (changed || entry.getLoadedState() != loadedState || !Objects.equals(entry.getVersion(), version))) {
            entry.postUpdate(entity, withCollections(loadedState, collections), version);
        }
        EntityEntry restored = context.getEntry(entity);
        if (restored.getLockMode() != lockMode) {
            restored.setLockMode(lockMode);
        }
        restored.setMaybeLazySet(null);
    }

    /** Work may change it, though the next flush will refuse that. */
    static boolean hasIdentifier(Object entity, EntityEntry entry, SessionImplementor session) {
        return Objects.equals(entry.getPersister().getIdentifier(entity, session), entry.getId());
    }

    /** Nothing was known of the entity but its key. */
    boolean isReference() {
        return reference != null;
    }

    void restoreNaturalIdIn(PersistenceContext context) {
        if (reference == null && persister.hasNaturalIdentifier()) {
            context.getNaturalIdResolutions().handleSynchronization(entry.getId(), entity, persister);
        }
    }

    private void restoreReferenceIn(PersistenceContext context, SessionImplementor session) {
        boolean untouched = context.getEntry(entity) == entry
                && entry.getStatus() == status
                && EnhancedReference.watching(entity, persister) == reference
                && EnhancedReference.isUntouched(entity, persister);
        if (!untouched) {
            EnhancedReference.restore(entity, key(), persister, session);
        }
        context.getBatchFetchQueue().addBatchLoadableEntityKey(key());
    }

    /** A lock that increments the version writes it into the loaded state, in place. */
    @SuppressWarnings("NullAway") // versions may be null, whatever Hibernate's signatures say
    private void restoreLoadedVersion() {
        if (loadedState != null && persister.isVersioned()) {
            loadedState[persister.getVersionPropertyIndex()] = version;
        }
    }

    /** A removed key must be taken out first, else later foreign keys to the entity would be written as null. */
    @SuppressWarnings("NullAway") // Hibernate takes null for the version, and for the state of a read-only entity
    private void addTo(PersistenceContext context, UnaryOperator<@Nullable Object> collections) {
        EntityEntry added = context.addEntity(
                entity,
                status,
                loadedState == null ? null : withCollections(loadedState, collections),
                key(),
                version,
                lockMode,
                existsInDatabase,
                persister,
                entry.isBeingReplicated());
        added.postLoad(entity);
    }

    private boolean restoreValues(SessionImplementor session, UnaryOperator<@Nullable Object> collections) {
        boolean changed = false;
        for (int i = 0; i < persister.getPropertyTypes().length; i++) {
            Object value = savedValue(i);
            if (!AttributeValues.isAbsent(value)) {
                changed |= restoreValue(i, value, session, collections);
            }
        }
        return changed;
    }

    private @Nullable Object savedValue(int attribute) {
        return unflushed != null && (loadedState == null || !persister.getPropertyUpdateability()[attribute])
                ? unflushed[attribute]
                : Objects.requireNonNull(loadedState)[attribute];
    }

    private boolean restoreValue(
            int attribute,
            @Nullable Object saved,
            SessionImplementor session,
            UnaryOperator<@Nullable Object> collections) {
        Type type = persister.getPropertyTypes()[attribute];
        Object current = persister.getValue(entity, attribute);
        boolean holdsCollection = AttributeValues.holdsCollection(type);
        if (!holdsCollection && !AttributeValues.isAbsent(current) && type.isSame(saved, current)) {
            return false;
        }
        Object value = AttributeValues.withCollections(copy(saved, attribute, session), type, collections);
        if (value != current) {
            persister.setValue(entity, attribute, value);
        }
        return value != saved || value != current;
    }

    private @Nullable Object copy(@Nullable Object value, int attribute, SessionImplementor session) {
        Type type = persister.getPropertyTypes()[attribute];
        return value == null || AttributeValues.isAbsent(value) ? value : type.deepCopy(value, session.getFactory());
    }

    @SuppressWarnings("NullAway") // attributes may be null, whatever Hibernate's signatures say
    private Object[] withCollections(Object[] state, UnaryOperator<@Nullable Object> collections) {
        if (!persister.hasCollections()) {
            return state;
        }
        Object[] replaced = state.clone();
        for (int i = 0; i < replaced.length; i++) {
            replaced[i] = AttributeValues.withCollections(replaced[i], persister.getPropertyTypes()[i], collections);
        }
        return replaced;
    }

    /** An enhanced entity must forget the lazy attributes that were fetched, or written, since. */
    private void restoreInterceptor(SessionImplementor session) {
        BytecodeEnhancementMetadata enhancement = persister.getBytecodeEnhancementMetadata();
        if (enhancement.isEnhancedForLazyLoading() && loadedState != null) {
            LazyAttributeLoadingInterceptor interceptor = enhancement.injectInterceptor(entity, entry.getId(), session);
            String[] names = persister.getPropertyNames();
            for (int i = 0; i < names.length; i++) {
                if (!AttributeValues.isAbsent(loadedState[i])) {
                    interceptor.attributeInitialized(names[i]);
                }
            }
        }
    }
}
