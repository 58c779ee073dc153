package io.hexai.jpa.transaction;

import org.jspecify.annotations.Nullable;

/**
 * Work that runs in a unit of work and returns a result, for code that reaches the entity manager by other ways, such as
 * repositories. Implement this, as a lambda, to use {@link UnitOfWork#call(PlainWork)}.
 *
 * @param <R> the result
 * @param <X> what the work may throw; inferred as {@link RuntimeException} where it throws nothing checked
 */
@FunctionalInterface
public interface PlainWork<R extends @Nullable Object, X extends Throwable> {

    /**
     * Does the work.
     *
     * @return the result, handed on unchanged
     * @throws X whatever makes the scope roll back; it leaves the scope as the same instance
     */
    R call() throws X;
}
