package io.hexai.jpa.examples.peers;

import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceException;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** One failure tried on one peer, with an account of its own. */
final class Trial {

    private final Peer peer;
    private final Accounts accounts;
    private final String id;
    private boolean refused;

    Trial(Peer peer, Accounts accounts, String id) {
        this.peer = peer;
        this.accounts = accounts;
        this.id = id;
    }

    Peer peer() {
        return peer;
    }

    String id() {
        return id;
    }

    /** Puts the account into the table, unknown to the peer. */
    void open() {
        accounts.open(id);
    }

    Optional<String> status() {
        return accounts.status(id);
    }

    /** Runs a nested scope that does the work and then refuses, which the caller catches. */
    void refusedAfter(Runnable work) {
        try {
            nested(() -> {
                work.run();
                throw new RefusedException();
            });
        } catch (RefusedException expected) {
            return;
        }
        throw new IllegalStateException("The exception got lost on its way out of the nested scope.");
    }

    /** Runs a nested scope whose violation, if it shows here, the caller catches. */
    void violationIn(Runnable work) {
        try {
            nested(work);
        } catch (PersistenceException expected) {
            // what the work had to do is of no importance to its caller
        }
    }

    /** Tells what is there to see when the transaction is over, after the failure that it ended with, if any. */
    String outcome(Consumer<EntityManager> work, Supplier<String> seen) {
        return outcome(work, seen, seen);
    }

    /** Tells whether the work's changes are in the database, and what the caller was told if they are not. */
    String fate(Consumer<EntityManager> work, BooleanSupplier kept, String loss) {
        return outcome(
                work,
                () -> kept.getAsBoolean() ? "kept" : "success reported, " + loss,
                () -> kept.getAsBoolean() ? "kept" : loss);
    }

    private String outcome(Consumer<EntityManager> work, Supplier<String> afterSuccess, Supplier<String> afterFailure) {
        try {
            peer.transaction(work);
        } catch (RuntimeException e) {
            String failure = "`" + e.getClass().getSimpleName() + "`";
            return refused ? "refused: " + failure : failure + ", " + afterFailure.get();
        }
        return afterSuccess.get();
    }

    private void nested(Runnable work) {
        refused = true;
        peer.nested(() -> {
            refused = false;
            work.run();
        });
    }
}
