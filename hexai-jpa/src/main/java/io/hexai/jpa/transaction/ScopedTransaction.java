package io.hexai.jpa.transaction;

import jakarta.transaction.Synchronization;
import org.hibernate.Transaction;
import org.hibernate.resource.transaction.spi.TransactionStatus;
import org.jspecify.annotations.Nullable;

/** The transaction as the work's entity manager shows it: to look at, and to prevent, but not to end. */
final class ScopedTransaction implements Transaction {

    private final RootScope scope;
    private final boolean forHost;

    ScopedTransaction(RootScope scope, boolean forHost) {
        this.scope = scope;
        this.forHost = forHost;
    }

    static IllegalStateException refused(String call, String instead) {
        return new IllegalStateException("EntityManager." + call
                + " would act behind the back of the unit of work that owns the transaction; " + instead + " instead.");
    }

    private Transaction real() {
        return scope.hibernateTransaction();
    }

    @Override
    public void begin() {
        throw refused("getTransaction().begin()", "open a NESTED or NEW scope");
    }

    @Override
    public void commit() {
        throw refused(
                "getTransaction().commit()", "return from the work, or call commit() on the scope that begin() gave,");
    }

    @Override
    public void rollback() {
        throw refused("getTransaction().rollback()", "throw from the work, or call Transaction.preventCommit(),");
    }

    @Override
    public void setRollbackOnly() {
        if (forHost) {
            current().boundary().doom(null);
        } else {
            current().preventCommit();
        }
    }

    @Override
    public void markRollbackOnly() {
        setRollbackOnly();
    }

    @Override
    public boolean getRollbackOnly() {
        return current().isCommitPrevented()
                || forHost && current().boundary().isBoundToFail()
                || real().getRollbackOnly();
    }

    /** The scope in which the work is now, which may be nested in the one that owns the session. */
    private Scope current() {
        Scope innermost = scope.manager.current();
        return innermost != null && innermost.root() == scope ? innermost : scope;
    }

    @Override
    public boolean isActive() {
        return real().isActive();
    }

    @Override
    public TransactionStatus getStatus() {
        return real().getStatus();
    }

    /** Inside a nested scope, the callback shares the fate of that scope's hooks. */
    @Override
    public void registerSynchronization(Synchronization synchronization) {
        Scope current = current();
        if (current.boundary() == scope) {
            real().registerSynchronization(synchronization);
        } else {
            BoundSynchronization bound = new BoundSynchronization(synchronization);
            real().registerSynchronization(bound);
            current.afterRollback(bound::rolledBack);
        }
    }

    @Override
    public void setTimeout(int seconds) {
        throw refused("getTransaction().setTimeout()", "set TransactionOptions.withTimeout(…)");
    }

    @Override
    public void setTimeout(@Nullable Integer seconds) {
        throw refused("getTransaction().setTimeout()", "set TransactionOptions.withTimeout(…)");
    }

    @Override
    public @Nullable Integer getTimeout() {
        return real().getTimeout();
    }
}
