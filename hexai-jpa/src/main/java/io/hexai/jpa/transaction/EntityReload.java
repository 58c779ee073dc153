package io.hexai.jpa.transaction;

import org.hibernate.LockMode;
import org.hibernate.bytecode.enhance.spi.interceptor.LazyAttributeLoadingInterceptor;
import org.hibernate.bytecode.spi.BytecodeEnhancementMetadata;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.EntityKey;
import org.hibernate.engine.spi.PersistenceContext;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.engine.spi.Status;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.proxy.HibernateProxy;
import org.hibernate.proxy.LazyInitializer;

/**
 * Reads the row of a managed entity into the same instance again, with one select. Unlike {@code refresh} it does not
 * cascade, which would follow references to entities that are gone.
 */
final class EntityReload {

    private EntityReload() {}

    /** Its collections must have been forgotten before. An entity whose row is gone is left detached. */
    static void readAnew(Object entity, EntityEntry entry, SessionImplementor session) {
        PersistenceContext context = session.getPersistenceContextInternal();
        EntityPersister persister = entry.getPersister();
        EntityKey key = entry.getEntityKey();
        Object id = entry.getId();
        boolean readOnly = entry.getStatus() == Status.READ_ONLY;
        if (persister.hasNaturalIdentifier()) {
            context.getNaturalIdResolutions().handleEviction(id, entity, persister);
        }
        Object proxy = context.getProxy(key);
        context.removeEntry(entity);
        context.removeEntityHolder(key);
        forgetFetchedAttributes(entity, persister.getBytecodeEnhancementMetadata());
        Object loaded = persister.load(id, entity, LockMode.NONE, session);
        if (loaded != null && readOnly) {
            session.setReadOnly(loaded, true);
        }
        LazyInitializer initializer = HibernateProxy.extractLazyInitializer(proxy);
        if (initializer != null) {
            context.addProxy(key, proxy);
            initializer.setImplementation(entity);
        }
    }

    private static void forgetFetchedAttributes(Object entity, BytecodeEnhancementMetadata enhancement) {
        if (enhancement.isEnhancedForLazyLoading()) {
            LazyAttributeLoadingInterceptor interceptor = enhancement.extractInterceptor(entity);
            if (interceptor != null) {
                interceptor.clearInitializedLazyFields();
            }
        }
    }
}
