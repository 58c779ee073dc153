package io.hexai.jpa.examples.peers;

import jakarta.persistence.EntityManager;
import java.util.function.Consumer;

/** A way to run transactions with one persistence context. What the work throws leaves each method unchanged. */
interface Peer {

    /** Runs the work in a transaction of its own, committed when the work returns. */
    void transaction(Consumer<EntityManager> work);

    /** Runs the work from a savepoint of the current transaction, which a failure goes back to. */
    void nested(Runnable work);

    /** Runs the work as part of the current transaction, as a method does that wants a transaction and finds one. */
    void joined(Runnable work);

    /** Has the hook run after the current transaction has committed. */
    void afterCommit(Runnable hook);
}
