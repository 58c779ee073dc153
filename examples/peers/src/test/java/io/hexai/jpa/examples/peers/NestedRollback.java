package io.hexai.jpa.examples.peers;

import java.util.concurrent.atomic.AtomicBoolean;

/** What is left in memory of a nested scope that the database has rolled back. */
final class NestedRollback {

    private NestedRollback() {}

    static String lostUpdate(Trial trial) {
        trial.open();
        return trial.fate(
                em -> {
                    Account account = em.find(Account.class, trial.id());
                    trial.refusedAfter(() -> {
                        account.status = "paid";
                        em.flush();
                    });
                    account.status = "paid";
                },
                () -> isPaid(trial),
                "update lost");
    }

    static String ghostEntity(Trial trial) {
        AtomicBoolean found = new AtomicBoolean();
        return trial.outcome(
                em -> {
                    trial.refusedAfter(() -> {
                        em.persist(new Account(trial.id()));
                        em.flush();
                    });
                    found.set(em.find(Account.class, trial.id()) != null);
                },
                () -> found.get()
                        ? "found, " + (trial.status().isPresent() ? "and its row" : "though no row")
                        : "gone");
    }

    static String staleVersion(Trial trial) {
        trial.open();
        return trial.fate(
                em -> {
                    Account account = em.find(Account.class, trial.id());
                    trial.refusedAfter(() -> {
                        account.points = 100;
                        em.flush();
                    });
                    account.status = "paid";
                },
                () -> isPaid(trial),
                "update lost");
    }

    static String leak(Trial trial) {
        trial.open();
        return trial.outcome(
                em -> {
                    Account account = em.find(Account.class, trial.id());
                    trial.refusedAfter(() -> account.status = "paid");
                },
                () -> isPaid(trial) ? "written" : "undone");
    }

    static String resurrectedRemoval(Trial trial) {
        trial.open();
        return trial.fate(
                em -> {
                    Account account = em.find(Account.class, trial.id());
                    trial.refusedAfter(() -> {
                        em.remove(account);
                        em.flush();
                    });
                    account.status = "paid";
                },
                () -> isPaid(trial),
                "update lost");
    }

    private static boolean isPaid(Trial trial) {
        return trial.status().filter("paid"::equals).isPresent();
    }
}
