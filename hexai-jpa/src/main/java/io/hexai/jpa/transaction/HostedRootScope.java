package io.hexai.jpa.transaction;

import java.sql.Connection;
import java.sql.SQLException;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.resource.jdbc.spi.LogicalConnectionImplementor;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.TransactionState;

/**
 * The part that scopes take in a transaction of a framework's, from the first of them to the end of the transaction. It decides
 * nothing but that there must be no commit.
 */
final class HostedRootScope extends RootScope implements HostListener {

    private final TransactionHost host;
    private final HostTransaction hosted;
    private final Prelude prelude = new Prelude();

    private boolean prepared;
    private boolean over;
    private boolean physical;

    private HostedRootScope(
            ScopeManager manager,
            @Nullable Scope around,
            TransactionHost host,
            HostTransaction hosted,
            TransactionOptions options) {
        super(manager, around, options, new TransactionInfo(options.name(), 1, false));
        this.host = host;
        this.hosted = hosted;
    }

    static HostedRootScope join(
            ScopeManager manager, @Nullable Scope around, TransactionHost host, HostTransaction hosted) {
        HostedRootScope scope = new HostedRootScope(manager, around, host, hosted, hosted.options());
        hosted.register(scope);
        scope.hibernateTransaction().registerSynchronization(new HostedSynchronization(scope));
        scope.enter();
        scope.tellBegan();
        return scope;
    }

    @Override
    SessionImplementor openSession() {
        return hosted.session();
    }

    private LogicalConnectionImplementor logicalConnection() {
        return session().getJdbcCoordinator().getLogicalConnection();
    }

    private Connection connection() {
        return logicalConnection().getPhysicalConnection();
    }

    @Override
    boolean holdsConnection() {
        return session().isOpen() && logicalConnection().isPhysicallyConnected();
    }

    @Override
    boolean isVisible() {
        return hosted.isPresent();
    }

    /** The host has closed the session, or begun another transaction in it, without a word about the end of this one. */
    boolean isForgotten() {
        return !session().isOpen() || over && session().isTransactionInProgress();
    }

    @Override
    boolean isOver() {
        return over || !hibernateTransaction().isActive();
    }

    @Override
    boolean isEndedElsewhere() {
        return false;
    }

    @Override
    boolean isFailed() throws SQLException {
        return holdsConnection() && ConnectionSource.state(connection()) == TransactionState.FAILED;
    }

    @Override
    void beginTransaction() {}

    /** What the host sends passes by, so that the server is told at once. */
    @Override
    Savepoints.NestedSavepoint openSavepoint() throws SQLException {
        Savepoints.NestedSavepoint savepoint = prelude.savepoints().add();
        prelude.sendTo(connection(), null);
        return savepoint;
    }

    @Override
    void release(Savepoints.NestedSavepoint savepoint) throws SQLException {
        prelude.savepoints().release(savepoint);
        prelude.sendTo(connection(), null);
    }

    @Override
    void rollBackTo(Savepoints.NestedSavepoint savepoint) throws SQLException {
        prelude.savepoints().rollBackTo(savepoint, connection());
    }

    /** A nested scope can repeat its own work; nobody here could repeat the host's. */
    @Override
    void requireCompatible(TransactionOptions asked) {
        if (asked.propagation() != Propagation.NESTED) {
            if (asked.retryOrNone().maxAttempts() > 1) {
                throw refused("retry", asked.retryOrNone());
            }
            if (asked.timeout() != null) {
                throw refused("timeout", asked.timeout());
            }
            if (asked.lockTimeout() != null) {
                throw refused("lock timeout", asked.lockTimeout());
            }
        }
        if (asked.isOptimistic()) {
            throw refused("mode", TransactionMode.OPTIMISTIC);
        }
        if (manager.settings().resolveUnknownCommit()) {
            throw refused("resolveUnknownCommit", true);
        }
        super.requireCompatible(asked);
    }

    private IncompatibleTransactionException refused(String option, Object requested) {
        return IncompatibleTransactionException.notWithin(host, option, requested);
    }

    @Override
    void doom(@Nullable Throwable cause) {
        super.doom(cause);
        markRollbackOnly();
    }

    @Override
    void prevent(@Nullable Throwable cause) {
        super.prevent(cause);
        markRollbackOnly();
    }

    private void markRollbackOnly() {
        if (hibernateTransaction().isActive()) {
            hibernateTransaction().setRollbackOnly();
        }
    }

    @Override
    void beforePhase(CommitPhase next) {}

    @Override
    void complete() {
        throw new IllegalStateException("The " + info() + " is one of " + host + ", which alone can commit it.");
    }

    @Override
    void rollBack(@Nullable Throwable cause) {
        doom(cause);
    }

    /** Where the host itself knows that there will be no commit, it will say so itself. */
    @Override
    public void beforeCommit() {
        requireInnermost();
        requireNotDoomed();
        if (!hibernateTransaction().getRollbackOnly()) {
            prepareCommit();
            prepared = true;
        }
    }

    /** Hibernate's last word before the COMMIT: others may have done something after this scope was asked, or before it joined. */
    void beforeCompletion() {
        if (prepared) {
            requireNoSwallowedFailure();
        } else {
            beforeCommit();
        }
        startCommitting();
        try {
            physical = holdsConnection() && ConnectionSource.state(connection()) != TransactionState.IDLE;
        } catch (SQLException e) {
            throw new UnexpectedRollbackException("the connection was lost", e);
        }
    }

    void afterCompletion() {
        over = true;
    }

    @Override
    public void completed(boolean committed) {
        if (isEnded()) {
            return;
        }
        leave();
        Throwable cause = preventionCause();
        host.runOutside(() -> manager.runOutside(around, () -> {
            if (committed) {
                recordCommitted();
                tellCommitted();
                runAfterCommitHooks(physical);
            } else {
                tellRolledBack(cause, null);
                runAfterRollbackHooks(cause);
            }
        }));
    }
}
