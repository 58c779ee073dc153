package io.hexai.jpa.transaction;

import jakarta.persistence.EntityManager;

/** A transaction of a unit of work, as a {@link TransactionHost} sees it. The library implements this. Confined to its thread. */
public interface OwnTransaction {

    /**
     * Returns the entity manager for the framework's own use. Other than that of the work, its
     * {@code getTransaction().setRollbackOnly()} means that a participant failed: the scope that swallows this is told by an
     * {@link UnexpectedRollbackException}.
     *
     * @return the entity manager
     */
    EntityManager entityManagerForHost();

    /**
     * Returns the options with which the transaction was begun.
     *
     * @return the options
     */
    TransactionOptions options();

    /**
     * Opens a nested scope.
     *
     * @return the scope, whose commit releases its savepoint, and whose rollback restores what was there before
     */
    TransactionScope beginNested();
}
