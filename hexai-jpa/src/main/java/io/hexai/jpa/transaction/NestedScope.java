package io.hexai.jpa.transaction;

import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A scope between savepoints, in the persistence context of the transaction around it. */
final class NestedScope extends OwningScope {

    private final OwningScope enclosing;
    private final Savepoints.NestedSavepoint savepoint;
    private final PersistenceContextSnapshot snapshot;

    private NestedScope(
            ScopeManager manager,
            Scope around,
            TransactionOptions options,
            int attempt,
            Savepoints.NestedSavepoint savepoint) {
        super(manager, around, options, new TransactionInfo(options.name(), attempt, true));
        this.enclosing = around.boundary();
        this.savepoint = savepoint;
        this.snapshot = PersistenceContextSnapshot.of(enclosing.root().session(), manager.newEntities());
    }

    /** A flush that fails on entry is a failure of the work before, not of the nested work, which has not run. */
    static NestedScope open(ScopeManager manager, Scope around, TransactionOptions options, int attempt) {
        RootScope root = around.root();
        requireNotFlushing(root);
        Savepoints.NestedSavepoint savepoint;
        List<TransactionHook> undo;
        try {
            root.flush();
            undo = manager.everyNested().beforeNested(around);
            savepoint = root.openSavepoint();
        } catch (SQLException e) {
            UnexpectedRollbackException failure = new UnexpectedRollbackException(
                    "no savepoint could be set for a nested scope, since a statement had failed before", e);
            around.boundary().doom(failure);
            throw failure;
        } catch (Throwable e) {
            around.boundary().doom(e);
            throw e;
        }
        NestedScope scope = new NestedScope(manager, around, options, attempt, savepoint);
        if (!undo.isEmpty()) {
            scope.hooks().afterRollback.addAll(undo);
        }
        scope.enter();
        scope.tellBegan();
        return scope;
    }

    /** The flush on entry would run into the one that is under way, and that one's changes could not be told apart. */
    private static void requireNotFlushing(RootScope root) {
        if (root.session().getPersistenceContextInternal().isFlushing()) {
            throw new IllegalStateException("A nested scope in the " + root.info()
                    + " cannot be opened while Hibernate flushes, as a lifecycle callback of an entity would do. Open it in a"
                    + " beforeCommit hook, or use Propagation.NEW.");
        }
    }

    @Override
    RootScope root() {
        return enclosing.root();
    }

    @Override
    OwningScope enclosing() {
        return enclosing;
    }

    @Override
    void complete() {
        try {
            if (!isPrevented()) {
                requireNotDoomed();
                root().flush();
            }
            if (!isPrevented()) {
                requireNotDoomed();
                root().requireNoSwallowedFailure();
                root().release(savepoint);
            }
        } catch (SQLException e) {
            UnexpectedRollbackException failure =
                    new UnexpectedRollbackException("its savepoint could not be released", e);
            rollBack(failure);
            throw failure;
        } catch (Throwable failure) {
            rollBack(failure);
            throw failure;
        }
        if (isPrevented()) {
            rollBack(preventionCause());
        } else {
            snapshot.release();
            passTo(enclosing);
            leave();
            recordCommitted();
            tellCommitted();
        }
    }

    @Override
    void rollBack(@Nullable Throwable cause) {
        Throwable problem = null;
        try {
            snapshot.restoreAfter(() -> root().rollBackTo(savepoint));
        } catch (Throwable e) {
            problem = e;
            enclosing.doom(e);
            if (cause != null) {
                Failures.suppress(cause, e);
            }
        } finally {
            leave();
        }
        tellRolledBack(cause, problem);
        runAfterRollbackHooks(cause);
    }
}
