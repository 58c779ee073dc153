package io.hexai.jpa.benchmarks;

import jakarta.persistence.EntityManager;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.hibernate.SessionFactory;

/** Rows that small units of work change: some for each thread, so that none waits for another. */
final class Accounts {

    private static final int EACH = 100;

    private final AtomicInteger seen = new AtomicInteger();
    private final ThreadLocal<Integer> mine = ThreadLocal.withInitial(seen::getAndIncrement);
    private final int threads;

    Accounts(SessionFactory factory, int threads) {
        this.threads = threads;
        persist(factory, EACH * threads);
    }

    static void persist(SessionFactory factory, int count) {
        factory.inTransaction(session -> {
            for (long id = 0; id < count; id++) {
                session.persist(new Account(id));
            }
        });
    }

    /** Finds one of the thread's rows. */
    Account find(EntityManager em) {
        long first = (long) (mine.get() % threads) * EACH;
        return em.find(Account.class, first + ThreadLocalRandom.current().nextInt(EACH));
    }

    /** Finds one of the thread's rows, and changes it. */
    Account change(EntityManager em) {
        Account account = find(em);
        account.cents++;
        return account;
    }
}
