package io.hexai.jpa.transaction;

import org.hibernate.collection.spi.PersistentArrayHolder;
import org.hibernate.collection.spi.PersistentCollection;
import org.hibernate.engine.spi.CollectionEntry;
import org.hibernate.engine.spi.CollectionKey;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.PersistenceContext;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.persister.entity.EntityPersister;

/** Lets a persistence context forget what it knows, as if it had never come to know it. */
final class Forgetting {

    private final SessionImplementor session;
    private final PersistenceContext context;

    Forgetting(SessionImplementor session) {
        this.session = session;
        this.context = session.getPersistenceContextInternal();
    }

    void forget(PersistentCollection<?> wrapper) {
        CollectionEntry entry = context.removeCollectionEntry(wrapper);
        if (entry != null && entry.getLoadedPersister() != null && entry.getLoadedKey() != null) {
            CollectionKey key = new CollectionKey(entry.getLoadedPersister(), entry.getLoadedKey());
            if (context.getCollection(key) == wrapper) {
                context.removeCollectionByKey(key);
            }
        }
        if (wrapper instanceof PersistentArrayHolder<?>) {
            context.removeCollectionHolder(wrapper.getValue());
        }
        wrapper.unsetSession(session);
    }

    void evict(Object entity, EntityEntry entry) {
        if (entry.getId() == null) {
            context.removeEntry(entity);
            return;
        }
        if (entry.getPersister().hasNaturalIdentifier()) {
            context.getNaturalIdResolutions().handleEviction(entry.getId(), entity, entry.getPersister());
        }
        context.removeEntry(entity);
        context.removeEntityHolder(entry.getEntityKey());
    }

    /** Makes an entity transient that was persisted and not inserted, with its collections. */
    void forgetNew(Object entity, EntityEntry entry) {
        EntityPersister persister = entry.getPersister();
        for (int i = 0; i < persister.getPropertyTypes().length; i++) {
            AttributeValues.withCollections(
                    persister.getValue(entity, i), persister.getPropertyTypes()[i], value -> {
                        if (value instanceof PersistentCollection<?> wrapper) {
                            forget(wrapper);
                        }
                        return value;
                    });
        }
        evict(entity, entry);
        NewEntity.madeByHibernate(entity, persister).makeTransient(session);
    }
}
