package io.hexai.jpa.transaction;

import jakarta.transaction.Synchronization;

/**
 * Tells the scope of the end of Hibernate's transaction. Not the scope itself: a class that inherits from what is on the class
 * path is refused, in a module, unless the module could read it before the class was loaded.
 */
final class HostedSynchronization implements Synchronization {

    private final HostedRootScope scope;

    HostedSynchronization(HostedRootScope scope) {
        this.scope = scope;
    }

    @Override
    public void beforeCompletion() {
        scope.beforeCompletion();
    }

    @Override
    public void afterCompletion(int status) {
        scope.afterCompletion();
    }
}
