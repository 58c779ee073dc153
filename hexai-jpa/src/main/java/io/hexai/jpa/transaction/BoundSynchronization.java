package io.hexai.jpa.transaction;

import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;

/** A callback that was registered inside a nested scope, and is told of the rollback if that scope rolls back. */
final class BoundSynchronization implements Synchronization {

    private final Synchronization bound;
    private boolean ended;

    BoundSynchronization(Synchronization bound) {
        this.bound = bound;
    }

    @Override
    public void beforeCompletion() {
        if (!ended) {
            bound.beforeCompletion();
        }
    }

    @Override
    public void afterCompletion(int status) {
        if (!ended) {
            ended = true;
            bound.afterCompletion(status);
        }
    }

    void rolledBack() {
        afterCompletion(Status.STATUS_ROLLEDBACK);
    }
}
