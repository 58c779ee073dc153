package io.hexai.jpa.test;

import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.TransactionOptions;
import io.hexai.jpa.transaction.UnitOfWork;
import java.util.Set;
import org.hibernate.Session;

/** Notices sessions of the database that begin to wait for a lock. */
final class LockWaits {

    private final UnitOfWork observing;
    private final Set<Integer> before;

    private LockWaits(UnitOfWork observing) {
        this.observing = observing;
        this.before = waiting();
    }

    /** Sees those that begin to wait from now on. */
    static LockWaits of(UnitOfWork unitOfWork) {
        return new LockWaits(unitOfWork.with(TransactionOptions.defaults().withPropagation(Propagation.NEW)));
    }

    boolean hasNew() {
        return !before.containsAll(waiting());
    }

    private Set<Integer> waiting() {
        return observing.call(em -> Set.copyOf(em.unwrap(Session.class)
                .createNativeQuery(
                        "SELECT DISTINCT l.pid FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid"
                                + " WHERE NOT l.granted AND a.datname = current_database()",
                        Integer.class)
                .getResultList()));
    }
}
