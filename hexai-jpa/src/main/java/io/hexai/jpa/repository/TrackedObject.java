package io.hexai.jpa.repository;

import org.hibernate.engine.spi.EntityKey;
import org.jspecify.annotations.Nullable;

/**
 * A domain object that a unit of work follows, with the entity behind it. Immutable.
 *
 * @param isLost it carries what a nested scope changed before it rolled back
 * @param lostBecause why it could not be put back, if something was thrown
 */
record TrackedObject<D, E>(
        MappedRepository<D, E, ?> repository,
        EntityKey key,
        D domainObject,
        E entity,
        boolean isRemoved,
        boolean isLost,
        @Nullable Throwable lostBecause) {

    TrackedObject(MappedRepository<D, E, ?> repository, EntityKey key, D domainObject, E entity) {
        this(repository, key, domainObject, entity, false, false, null);
    }

    TrackedObject<D, E> removed() {
        return new TrackedObject<>(repository, key, domainObject, entity, true, isLost, lostBecause);
    }

    TrackedObject<D, E> lost(@Nullable Throwable because) {
        return new TrackedObject<>(repository, key, domainObject, entity, isRemoved, true, because);
    }

    void requireNotLost() {
        if (isLost) {
            throw new DomainObjectNotRestoredException(
                    repository.getClass(), domainObject.getClass(), key.getIdentifier(), lostBecause);
        }
    }

    void copyToEntity() {
        requireSameIdentity();
        repository.copyTo(domainObject, entity);
    }

    void restore() {
        repository.restore(domainObject, entity);
    }

    void requireSameIdentity() {
        Object identity = repository.identityOf(domainObject);
        if (!isIdentifier(identity)) {
            throw new IdentityMismatchException(repository.getClass(), key.getIdentifier(), identity);
        }
    }

    /** Hibernate's own idea of equality is asked only where the values' own says no, as for arrays. */
    private boolean isIdentifier(Object identity) {
        return key.getIdentifier().equals(identity)
                || key.getPersister().getIdentifierType().isEqual(key.getIdentifier(), identity);
    }
}
