package io.hexai.jpa.transaction;

import org.hibernate.LockMode;
import org.hibernate.bytecode.enhance.spi.interceptor.EnhancementAsProxyLazinessInterceptor;
import org.hibernate.bytecode.spi.BytecodeEnhancementMetadata;
import org.hibernate.engine.internal.ManagedTypeHelper;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.EntityHolder;
import org.hibernate.engine.spi.EntityKey;
import org.hibernate.engine.spi.PersistenceContext;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.engine.spi.Status;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.type.Type;

/** Enhanced entities that stand for a row which was not read yet: their own proxies, known by their interceptor. */
final class EnhancedProxies {

    private EnhancedProxies() {}

    static boolean isUninitialized(Object entity, EntityPersister persister) {
        BytecodeEnhancementMetadata enhancement = persister.getBytecodeEnhancementMetadata();
        return enhancement.isEnhancedForLazyLoading()
                && enhancement.extractLazyInterceptor(entity)
                        instanceof EnhancementAsProxyLazinessInterceptor interceptor
                && !interceptor.isInitialized();
    }

    /** Reading into an enhanced instance keeps the collections that are there already. */
    @SuppressWarnings("NullAway") // attributes may be null, whatever Hibernate's signatures say
    static void forgetCollections(Object entity, EntityPersister persister) {
        Type[] types = persister.getPropertyTypes();
        for (int i = 0; i < types.length; i++) {
            if (AttributeValues.holdsCollection(types[i])) {
                persister.setValue(entity, i, null);
            }
        }
    }

    /** Makes the entity a proxy again, whatever was read into it or written to it; its next use reads the row. */
    @SuppressWarnings("NullAway") // Hibernate takes null for the state and the version of a row that was not read
    static void reset(Object entity, EntityKey key, SessionImplementor session) {
        PersistenceContext context = session.getPersistenceContextInternal();
        EntityPersister persister = key.getPersister();
        forgetCollections(entity, persister);
        context.removeEntry(entity);
        context.removeEntityHolder(key);
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
