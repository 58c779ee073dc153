package io.hexai.jpa.transaction;

import org.hibernate.LockMode;
import org.hibernate.bytecode.enhance.spi.interceptor.EnhancementAsProxyLazinessInterceptor;
import org.hibernate.bytecode.spi.BytecodeEnhancementMetadata;
import org.hibernate.engine.internal.ManagedTypeHelper;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.EntityHolder;
import org.hibernate.engine.spi.EntityKey;
import org.hibernate.engine.spi.PersistenceContext;
import org.hibernate.engine.spi.SelfDirtinessTracker;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.engine.spi.Status;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.type.Type;
import org.jspecify.annotations.Nullable;

/** An instance of a class enhanced for lazy loading that stands for its row and reads it when it is used. */
final class EnhancedReference {

    private EnhancedReference() {}

    /** Returns what watches over an instance whose row was not read yet; null for any other. */
    static @Nullable EnhancementAsProxyLazinessInterceptor watching(Object entity, EntityPersister persister) {
        BytecodeEnhancementMetadata enhancement = persister.getBytecodeEnhancementMetadata();
        return enhancement.isEnhancedForLazyLoading()
                        && enhancement.extractLazyInterceptor(entity)
                                instanceof EnhancementAsProxyLazinessInterceptor interceptor
                ? interceptor
                : null;
    }

    /** Its row was not read, and nothing was written to it. */
    static boolean isUntouched(Object entity, EntityPersister persister) {
        EnhancementAsProxyLazinessInterceptor interceptor = watching(entity, persister);
        return interceptor != null && !interceptor.isInitialized() && !interceptor.hasWrittenFieldNames();
    }

    /** Reading into an enhanced instance keeps the collections that are there already. */
    @SuppressWarnings("NullAway") // attributes may be null, whatever Hibernate's signatures say
    private static void forgetCollections(Object entity, EntityPersister persister) {
        Type[] types = persister.getPropertyTypes();
        for (int i = 0; i < types.length; i++) {
            if (AttributeValues.holdsCollection(types[i])) {
                persister.setValue(entity, i, null);
            }
        }
    }

    /** Makes the instance forget what it holds; it reads its row at the next use, and not before. */
    @SuppressWarnings("NullAway") // Hibernate itself has neither state nor version for such an instance
    static void restore(Object entity, EntityKey key, EntityPersister persister, SessionImplementor session) {
        PersistenceContext context = session.getPersistenceContextInternal();
        forgetCollections(entity, persister);
        context.removeEntry(entity);
        context.removeEntity(key);
        ManagedTypeHelper.processIfSelfDirtinessTracker(
                entity, SelfDirtinessTracker::$$_hibernate_clearDirtyAttributes);
        context.addEnhancedProxy(key, ManagedTypeHelper.asPersistentAttributeInterceptable(entity));
        EntityEntry entry = context.addEntry(
                entity, Status.MANAGED, null, null, key.getIdentifier(), null, LockMode.NONE, true, persister, true);
        EntityHolder holder = context.getEntityHolder(key);
        if (holder != null) {
            holder.setEntityEntry(entry);
        }
        persister.getBytecodeEnhancementMetadata().injectEnhancedEntityAsProxyInterceptor(entity, key, session);
    }
}
