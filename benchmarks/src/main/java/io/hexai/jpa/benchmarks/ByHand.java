package io.hexai.jpa.benchmarks;

import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.EntityTransaction;
import java.util.function.Function;

/** A transaction as a skilled user of plain JPA writes it. */
final class ByHand {

    private ByHand() {}

    static <R> R inTransaction(EntityManagerFactory factory, Function<? super EntityManager, R> work) {
        try (EntityManager em = factory.createEntityManager()) {
            EntityTransaction transaction = em.getTransaction();
            transaction.begin();
            try {
                R result = work.apply(em);
                transaction.commit();
                return result;
            } catch (Throwable failure) {
                if (transaction.isActive()) {
                    transaction.rollback();
                }
                throw failure;
            }
        }
    }
}
