package io.hexai.jpa.transaction;

import org.hibernate.LockMode;
import org.hibernate.engine.spi.EntityKey;
import org.hibernate.engine.spi.PersistenceContext;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.proxy.HibernateProxy;
import org.hibernate.proxy.LazyInitializer;

/**
 * Reads the row of a managed entity into the same instance again, with one select. Unlike {@code refresh} it does not
 * cascade, which would follow references to entities that are gone. An entity that is enhanced for lazy loading reads its row
 * when it is used next.
 */
final class EntityReload {

    private EntityReload() {}

    /** Its collections must have been forgotten before. Returns whether there is a row; else the entity is detached. */
    static boolean readAnew(Object entity, EntityKey key, SessionImplementor session) {
        PersistenceContext context = session.getPersistenceContextInternal();
        EntityPersister persister = key.getPersister().getSubclassEntityPersister(entity, session.getFactory());
        if (persister.getBytecodeEnhancementMetadata().isEnhancedForLazyLoading()) {
            EnhancedReference.restore(entity, key, persister, session);
            return true;
        }
        Object id = key.getIdentifier();
        if (persister.hasNaturalIdentifier()) {
            context.getNaturalIdResolutions().handleEviction(id, entity, persister);
        }
        Object proxy = context.getProxy(key);
        context.removeEntry(entity);
        context.removeEntityHolder(key);
        Object loaded = persister.load(id, entity, LockMode.NONE, session);
        if (proxy != null) {
            context.addProxy(key, proxy);
            LazyInitializer initializer = HibernateProxy.extractLazyInitializer(proxy);
            if (initializer != null) {
                initializer.setImplementation(entity);
            }
        }
        return loaded != null;
    }
}
