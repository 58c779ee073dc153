package io.hexai.jpa.transaction;

import jakarta.persistence.EntityManager;

/**
 * Work that runs in a unit of work, uses its entity manager and returns nothing. Implement this, as a lambda, to use
 * {@link UnitOfWork#run(Action)}.
 *
 * @param <X> what the work may throw; inferred as {@link RuntimeException} where it throws nothing checked
 */
@FunctionalInterface
public interface Action<X extends Throwable> {

    /**
     * Does the work.
     *
     * @param entityManager the scope's entity manager, open until the scope ends
     * @throws X whatever makes the scope roll back; it leaves the scope as the same instance
     */
    void accept(EntityManager entityManager) throws X;
}
