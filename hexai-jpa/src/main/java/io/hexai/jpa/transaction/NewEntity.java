package io.hexai.jpa.transaction;

import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.type.Type;
import org.jspecify.annotations.Nullable;

/** An entity that became persistent, and the identifier and version it had before, if it existed before. */
record NewEntity(
        Object entity, EntityPersister persister, @Nullable Before before) {

    /** What persisting an entity sets in it. */
    private record Before(@Nullable Object id, @Nullable Object version) {}

    /** To be transient again is to have what the given transient instance has: itself, or the one it is the copy of. */
    static NewEntity like(
            Object transientInstance,
            Object entity,
            EntityPersister persister,
            SharedSessionContractImplementor session) {
        Object id = persister.getIdentifier(transientInstance, session);
        return new NewEntity(
                entity,
                persister,
                new Before(
                        id == null ? null : persister.getIdentifierType().deepCopy(id, session.getFactory()),
                        versionOf(transientInstance, persister)));
    }

    static NewEntity madeByHibernate(Object entity, EntityPersister persister) {
        return new NewEntity(entity, persister, null);
    }

    /** With its old wrappers an entity that is persisted again would complain of a changed delete-orphan collection. */
    void makeTransient(SharedSessionContractImplementor session) {
        for (int i = 0; i < persister.getPropertyTypes().length; i++) {
            Type type = persister.getPropertyTypes()[i];
            if (AttributeValues.holdsCollection(type)) {
                Object value = persister.getValue(entity, i);
                Object plain = AttributeValues.withCollections(value, type, AttributeValues::unwrapped);
                if (plain != value) {
                    persister.setValue(entity, i, plain);
                }
            }
        }
        resetIdentifierAndVersion(session);
    }

    @SuppressWarnings("NullAway") // an entity has neither before it is persisted, whatever Hibernate's signatures say
    private void resetIdentifierAndVersion(SharedSessionContractImplementor session) {
        Object id = persister.getIdentifier(entity, session);
        if (before == null) {
            persister.resetIdentifier(entity, id, versionOf(entity, persister), session);
            return;
        }
        if (!persister.getIdentifierType().isEqual(before.id(), id, session.getFactory())) {
            persister.setIdentifier(entity, before.id(), session);
        }
        if (persister.isVersioned()) {
            persister.setValue(entity, persister.getVersionPropertyIndex(), before.version());
        }
    }

    private static @Nullable Object versionOf(Object entity, EntityPersister persister) {
        return persister.isVersioned() ? persister.getVersion(entity) : null;
    }
}
