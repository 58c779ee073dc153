package io.hexai.jpa.transaction;

import jakarta.persistence.EntityManager;
import org.jspecify.annotations.Nullable;

/**
 * Work that runs in a unit of work, uses its entity manager and returns a result. Implement this, as a lambda, to use
 * {@link UnitOfWork#call(Work)}.
 *
 * @param <R> the result
 * @param <X> what the work may throw; inferred as {@link RuntimeException} where it throws nothing checked
 */
@FunctionalInterface
public interface Work<R extends @Nullable Object, X extends Throwable> {

    /**
     * Does the work.
     *
     * @param entityManager the scope's entity manager, open until the scope ends
     * @return the result, handed on unchanged
     * @throws X whatever makes the scope roll back; it leaves the scope as the same instance
     */
    R apply(EntityManager entityManager) throws X;
}
