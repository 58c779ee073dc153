package io.hexai.jpa.transaction;

/**
 * Work that runs in a unit of work and returns nothing, for code that reaches the entity manager by other ways, such as
 * repositories. Implement this, as a lambda, to use {@link UnitOfWork#run(PlainAction)}.
 *
 * @param <X> what the work may throw; inferred as {@link RuntimeException} where it throws nothing checked
 */
@FunctionalInterface
public interface PlainAction<X extends Throwable> {

    /**
     * Does the work.
     *
     * @throws X whatever makes the scope roll back; it leaves the scope as the same instance
     */
    void run() throws X;
}
