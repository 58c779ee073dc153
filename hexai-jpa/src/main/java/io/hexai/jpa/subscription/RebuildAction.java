package io.hexai.jpa.subscription;

import jakarta.persistence.EntityManager;

/** Brings a read model to its state before the first event. Implement this, as a lambda, for a subscription's builder. */
@FunctionalInterface
public interface RebuildAction {

    /**
     * Empties the read model, usually.
     *
     * @param entityManager of the transaction in which it is to be done
     * @throws Exception makes the rebuild fail; the read model stays as it is
     */
    void run(EntityManager entityManager) throws Exception;
}
