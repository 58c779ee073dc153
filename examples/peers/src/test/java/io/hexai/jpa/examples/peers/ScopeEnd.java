package io.hexai.jpa.examples.peers;

import java.util.concurrent.atomic.AtomicBoolean;

/** What becomes of a transaction when something failed in it and the exception was caught. */
final class ScopeEnd {

    private static final String TAKEN = "taken";

    private ScopeEnd() {}

    static void prepare(Accounts accounts) {
        accounts.open(TAKEN);
    }

    static String caughtViolation(Trial trial) {
        return trial.fate(
                em -> {
                    em.persist(new Account(trial.id()));
                    trial.violationIn(() -> {
                        em.persist(new Account(TAKEN));
                        em.flush();
                    });
                },
                () -> isWritten(trial),
                "nothing written");
    }

    static String unflushedViolation(Trial trial) {
        return trial.fate(
                em -> {
                    em.persist(new Account(trial.id()));
                    trial.violationIn(() -> em.persist(new Account(TAKEN)));
                },
                () -> isWritten(trial),
                "nothing written");
    }

    static String hooks(Trial trial) {
        AtomicBoolean ran = new AtomicBoolean();
        return trial.outcome(
                em -> {
                    em.persist(new Account(trial.id()));
                    trial.refusedAfter(() -> trial.peer().afterCommit(() -> ran.set(true)));
                },
                () -> ran.get() ? "run" : "dropped");
    }

    static String swallowedJoinedFailure(Trial trial) {
        return trial.fate(
                em -> {
                    em.persist(new Account(trial.id()));
                    try {
                        trial.peer().joined(() -> {
                            throw new RefusedException();
                        });
                    } catch (RefusedException swallowed) {
                        // and the work returns as if nothing had been
                    }
                },
                () -> isWritten(trial),
                "nothing written");
    }

    private static boolean isWritten(Trial trial) {
        return trial.status().isPresent();
    }
}
