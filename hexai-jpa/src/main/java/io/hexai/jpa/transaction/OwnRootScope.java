package io.hexai.jpa.transaction;

import jakarta.persistence.EntityManager;
import java.sql.SQLException;
import org.hibernate.FlushMode;
import org.hibernate.engine.spi.SessionImplementor;
import org.jspecify.annotations.Nullable;

/** A scope that owns a transaction, with a session and a connection of its own. */
final class OwnRootScope extends RootScope implements OwnTransaction {

    private final LazyConnection connection;
    private final @Nullable Deadline deadline;

    private @Nullable HostBinding binding;

    private OwnRootScope(
            ScopeManager manager,
            @Nullable Scope around,
            TransactionOptions options,
            TransactionInfo info,
            LazyConnection connection,
            @Nullable Deadline deadline) {
        super(manager, around, options, info);
        this.connection = connection;
        this.deadline = deadline;
    }

    static OwnRootScope open(
            ScopeManager manager,
            @Nullable Scope around,
            TransactionOptions options,
            int attempt,
            @Nullable Deadline deadline) {
        manager.requireOpenFactory();
        TransactionInfo info = new TransactionInfo(options.name(), attempt, false);
        LazyConnection connection = new LazyConnection(
                manager.connections(),
                new BeginStatement(options, deadline),
                info,
                connectionsHeldBy(around == null ? manager.suspended() : around),
                manager.settings().resolveUnknownCommit());
        OwnRootScope scope = new OwnRootScope(manager, around, options, info, connection, deadline);
        scope.enter();
        scope.showToHost();
        scope.tellBegan();
        return scope;
    }

    @Override
    SessionImplementor openSession() {
        SessionImplementor session = manager.openSession(connection);
        session.beginTransaction();
        if (ownOptions().isReadOnly()) {
            session.setDefaultReadOnly(true);
            session.setHibernateFlushMode(FlushMode.MANUAL);
        } else if (ownOptions().isOptimistic()) {
            session.setHibernateFlushMode(FlushMode.COMMIT);
            manager.guardWrites(session);
        }
        return session;
    }

    private void showToHost() {
        TransactionHost host = manager.settings().host();
        if (host != null) {
            try {
                binding = host.show(this);
            } catch (Throwable e) {
                fail(e);
                throw e;
            }
        }
    }

    @Override
    public EntityManager entityManagerForHost() {
        return new ScopedSession(session(), this, true);
    }

    @Override
    public TransactionScope beginNested() {
        return manager.open(ownOptions().withPropagation(Propagation.NESTED), 1, null)
                .rememberWhereOpened();
    }

    @Override
    boolean holdsConnection() {
        return connection.isPhysical();
    }

    @Override
    boolean isVisible() {
        return binding == null || binding.isPresent();
    }

    @Override
    boolean isOver() {
        return false;
    }

    @Override
    boolean isEndedElsewhere() throws SQLException {
        return connection.isEndedElsewhere();
    }

    @Override
    boolean isFailed() throws SQLException {
        return connection.isFailed();
    }

    @Override
    void beginTransaction() {
        try {
            connection.beginTransaction();
        } catch (SQLException e) {
            throw session().getJdbcServices().getSqlExceptionHelper().convert(e, "The transaction could not begin");
        }
    }

    @Override
    Savepoints.NestedSavepoint openSavepoint() throws SQLException {
        return connection.openSavepoint();
    }

    @Override
    void release(Savepoints.NestedSavepoint savepoint) {
        connection.release(savepoint);
    }

    @Override
    void rollBackTo(Savepoints.NestedSavepoint savepoint) throws SQLException {
        connection.rollBackTo(savepoint);
    }

    /** The host's participants decide first, since they may still register hooks here. */
    @Override
    void beforePhase(CommitPhase next) {
        if (binding != null && next == CommitPhase.MAIN) {
            binding.beforeCommit();
            requireUsable();
            requireInnermost();
            requireNotDoomed();
        }
    }

    @Override
    void complete() {
        requireNotCompleting();
        boolean committed = false;
        try {
            prepareCommit();
            if (!isPrevented()) {
                requireTimeLeft();
                commitTransaction();
                committed = true;
            }
        } catch (Throwable failure) {
            fail(failure);
            throw failure;
        }
        if (committed) {
            finishCommitted();
        } else {
            rollBack(preventionCause());
        }
    }

    private void requireTimeLeft() {
        if (deadline != null && deadline.isOver()) {
            throw new TransactionTimeoutException(info(), deadline.timeout(), null);
        }
    }

    /** Everything is flushed by now: a second dirty check inside Hibernate's own commit would find nothing. */
    private void commitTransaction() {
        startCommitting();
        beforeCompletion();
        if (sessionOrNull() == null) {
            return;
        }
        connection.permitEnd();
        session().setHibernateFlushMode(FlushMode.MANUAL);
        try {
            hibernateTransaction().commit();
        } catch (RuntimeException e) {
            switch (connection.outcome()) {
                case OPEN -> throw CommitFailures.explained(e, session());
                case COMMIT_SENT -> requireCommitted(e);
                case COMMITTED -> manager.reportFailedHook(info(), e);
            }
        } catch (Error e) {
            if (connection.outcome() != LazyConnection.Outcome.COMMITTED) {
                throw e;
            }
            manager.reportFailedHook(info(), e);
        }
    }

    /** Of a COMMIT that was sent, only a lost connection leaves open how it ended. */
    private void requireCommitted(RuntimeException failure) {
        if (!TransientFailures.isConnectionLost(failure)) {
            throw CommitFailures.explained(failure, session());
        }
        if (connection.hasWrittenNothing()) {
            throw new CommitAbortedException(failure);
        }
        new CommitResolution(manager.connections(), manager.settings(), deadline)
                .requireCommitted(connection.transactionId(), failure);
    }

    private void finishCommitted() {
        boolean physical = connection.hasTransaction();
        Throwable problem = closeResources(null);
        if (problem != null) {
            LOG.warn("The {} was committed; giving its connection back failed.", info(), problem);
        }
        leave();
        recordCommitted();
        if (binding != null || registeredHooks() != Hooks.NONE || manager.hasObservers()) {
            afterwards(true, () -> {
                tellCommitted();
                runAfterCommitHooks(physical);
            });
        }
    }

    @Override
    void rollBack(@Nullable Throwable cause) {
        beforeCompletion();
        connection.permitEnd();
        Throwable problem = null;
        try {
            if (sessionOrNull() != null) {
                hibernateTransaction().rollback();
            }
        } catch (Throwable e) {
            problem = e;
        }
        Throwable problems = closeResources(problem);
        leave();
        if (problems != null && cause != null) {
            Failures.suppress(cause, problems);
        }
        afterwards(false, () -> {
            tellRolledBack(cause, problems);
            runAfterRollbackHooks(cause);
        });
    }

    private void beforeCompletion() {
        if (binding != null) {
            binding.beforeCompletion();
        }
    }

    private void afterwards(boolean committed, Runnable work) {
        HostBinding ended = binding;
        if (ended == null) {
            manager.runOutside(around, work);
        } else {
            try {
                manager.runOutside(around, () -> {
                    ended.completed(committed, this::reportFailedHook);
                    work.run();
                });
            } finally {
                ended.resume();
            }
        }
    }

    private @Nullable Throwable closeResources(@Nullable Throwable earlier) {
        Throwable problem = earlier;
        SessionImplementor session = sessionOrNull();
        if (session != null) {
            if (ownOptions().isOptimistic()) {
                manager.releaseGuard(session);
            }
            try {
                session.close();
            } catch (Throwable e) {
                problem = joined(problem, e);
            }
        }
        try {
            connection.close();
        } catch (Throwable e) {
            problem = joined(problem, e);
        }
        return problem;
    }

    private static Throwable joined(@Nullable Throwable first, Throwable next) {
        if (first == null) {
            return next;
        }
        Failures.suppress(first, next);
        return first;
    }
}
