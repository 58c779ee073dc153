package io.hexai.jpa.transaction;

/**
 * Is told of every nested scope before it begins, to note what is kept neither in the database nor in the persistence
 * context. Implement this, as a lambda, for {@link UnitOfWork#onEveryNested(SavepointObserver)}. Must be thread-safe.
 */
@FunctionalInterface
public interface SavepointObserver {

    /**
     * Notes the state to which a rollback of the nested scope has to return.
     *
     * @param transaction the transaction as the scope around sees it
     * @return brings the noted state back; runs once the nested scope, or one around it, has rolled back
     */
    TransactionHook beforeNested(Transaction transaction);
}
