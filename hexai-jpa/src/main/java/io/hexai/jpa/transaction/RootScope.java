package io.hexai.jpa.transaction;

import jakarta.persistence.EntityManager;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;
import org.hibernate.FlushMode;
import org.hibernate.Transaction;
import org.hibernate.engine.spi.SessionImplementor;
import org.jspecify.annotations.Nullable;

/** A scope that owns a transaction, with a session and a connection of its own. */
final class RootScope extends OwningScope {

    private final LazyConnection connection;
    private final SessionImplementor session;
    private final Transaction transaction;
    private final EntityManager scopedEntityManager;
    private final @Nullable Deadline deadline;

    private @Nullable IsolationLevel isolation;

    /** The scope that waits for the end of this one. */
    private final @Nullable Scope suspended;

    private @Nullable CommitPhase phase;
    private boolean committing;

    private RootScope(
            ScopeManager manager,
            @Nullable Scope around,
            TransactionOptions options,
            int attempt,
            @Nullable Deadline deadline) {
        super(manager, around, options, new TransactionInfo(options.name(), attempt, false));
        this.deadline = deadline;
        this.isolation = options.isolation();
        this.suspended = around == null ? manager.suspended() : around;
        this.connection = new LazyConnection(
                manager.connections(),
                new BeginStatement(options, deadline),
                info(),
                heldBySuspended(),
                manager.settings().resolveUnknownCommit());
        this.session = manager.openSession(connection);
        this.transaction = session.beginTransaction();
        this.scopedEntityManager = new ScopedSession(session, this);
    }

    /** How many connections the suspended transactions of this thread hold. */
    private int heldBySuspended() {
        int held = 0;
        for (Scope scope = suspended; scope != null; scope = scope.root().suspended) {
            held += scope.root().connection.isPhysical() ? 1 : 0;
        }
        return held;
    }

    static RootScope open(
            ScopeManager manager,
            @Nullable Scope around,
            TransactionOptions options,
            int attempt,
            @Nullable Deadline deadline) {
        RootScope scope = new RootScope(manager, around, options, attempt, deadline);
        if (options.isReadOnly()) {
            scope.session.setDefaultReadOnly(true);
            scope.session.setHibernateFlushMode(FlushMode.MANUAL);
        } else if (options.isOptimistic()) {
            scope.session.setHibernateFlushMode(FlushMode.COMMIT);
            manager.guardWrites(scope.session);
        }
        scope.enter();
        manager.tell(listener -> listener.began(scope.info()));
        return scope;
    }

    @Override
    RootScope root() {
        return this;
    }

    @Override
    @Nullable
    OwningScope enclosing() {
        return null;
    }

    SessionImplementor session() {
        return session;
    }

    LazyConnection connection() {
        return connection;
    }

    EntityManager scopedEntityManager() {
        return scopedEntityManager;
    }

    Transaction hibernateTransaction() {
        return transaction;
    }

    void flush() {
        if (!ownOptions().isReadOnly()) {
            session.flush();
        }
    }

    /** Under a stricter isolation a repeated nested scope would see the same old rows again. */
    boolean canRepeatNested() {
        return isolation().compareTo(IsolationLevel.READ_COMMITTED) <= 0;
    }

    /** Refuses a scope that would join and asks for what this transaction does not give. */
    void requireCompatible(TransactionOptions asked) {
        asked.requireCompatibleWith(ownOptions());
        IsolationLevel level = asked.isolation();
        if (level != null && level != isolation()) {
            throw new IncompatibleTransactionException("isolation", level, isolation());
        }
    }

    /** Asked of the server, once, if it was left to the server; an optimistic scope does not begin its transaction for that. */
    private IsolationLevel isolation() {
        if (isolation == null) {
            isolation = session.doReturningWork(jdbc -> {
                try (var statement = jdbc.prepareStatement("SELECT current_setting('transaction_isolation')");
                        var row = statement.executeQuery()) {
                    row.next();
                    return IsolationLevel.ofSql(row.getString(1));
                }
            });
        }
        return isolation;
    }

    /** From here on an optimistic scope does not read outside a transaction any more. */
    void beginTransaction() {
        try {
            connection.beginTransaction();
        } catch (SQLException e) {
            throw session.getJdbcServices().getSqlExceptionHelper().convert(e, "The transaction could not begin");
        }
    }

    /** Hooks of a phase that runs or is over would not be called any more. */
    void requireOpen(CommitPhase asked) {
        if (committing || phase != null && asked.compareTo(phase) <= 0) {
            throw new IllegalStateException(
                    "A beforeCommit hook for phase " + asked + " cannot be registered any more: "
                            + (committing ? "the commit is under way" : "phase " + phase + " is running")
                            + ". Register it in the work, or for a later phase.");
        }
    }

    /**
     * Refuses to go on to COMMIT, or to the release of a savepoint, when the database or the session knows of a failure
     * that the work swallowed: the server would answer with a rollback, and nobody would say so.
     */
    void requireNoSwallowedFailure() {
        try {
            if (connection.isEndedElsewhere() || !session.isOpen() || !transaction.isActive()) {
                throw new IllegalStateException(TransactionWatch.endedMessage(info()));
            }
            if (connection.isFailed()) {
                throw new UnexpectedRollbackException("a statement had failed and its exception was swallowed", null);
            }
        } catch (SQLException e) {
            throw new UnexpectedRollbackException("the connection was lost", e);
        }
        if (transaction.getRollbackOnly()) {
            throw new UnexpectedRollbackException(
                    "the entity manager had thrown an exception that was swallowed", null);
        }
    }

    @Override
    void complete() {
        requireNotCompleting();
        boolean committed = false;
        try {
            prepareCommit();
            if (!isPrevented()) {
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

    /** From here on it is the server's decision, though callbacks of Hibernate's still run on the thread. */
    void requireNotCommitting() {
        if (committing) {
            throw new IllegalStateException(
                    "The COMMIT of the " + info() + " is under way; a callback that runs meanwhile"
                            + " can neither decide about it nor join it. Use the hooks beforeCommit(…) and afterCommit(…).");
        }
    }

    private void requireNotCompleting() {
        if (phase != null) {
            throw new IllegalStateException(
                    "The " + info() + " is being committed already; a beforeCommit hook cannot commit it again.");
        }
    }

    private void prepareCommit() {
        for (CommitPhase next : CommitPhase.values()) {
            if (!isPrevented()) {
                requireNotDoomed();
                requireNoSwallowedFailure();
                phase = next;
                runHooks(next);
            }
        }
        if (!isPrevented()) {
            flush();
            requireNotDoomed();
            requireNoSwallowedFailure();
            requireTimeLeft();
        }
    }

    private void runHooks(CommitPhase running) {
        List<TransactionHook> own = hooks().beforeCommit(running);
        for (int i = 0; i < own.size() && !isPrevented(); i++) {
            runHook(own.get(i));
        }
        for (Consumer<? super io.hexai.jpa.transaction.Transaction> hook :
                manager.everyCommit().hooks(running)) {
            if (!isPrevented()) {
                runHook(() -> hook.accept(this));
            }
        }
    }

    private void runHook(TransactionHook hook) {
        try {
            hook.run();
        } catch (Exception e) {
            throw Sneaky.rethrow(e);
        }
        requireUsable();
        requireInnermost();
        if (!isPrevented()) {
            requireNotDoomed();
            flush();
        }
    }

    private void requireTimeLeft() {
        if (deadline != null && deadline.isOver()) {
            throw new TransactionTimeoutException(info(), deadline.timeout(), null);
        }
    }

    /** Everything is flushed by now: a second dirty check inside Hibernate's own commit would find nothing. */
    private void commitTransaction() {
        committing = true;
        connection.permitEnd();
        session.setHibernateFlushMode(FlushMode.MANUAL);
        try {
            transaction.commit();
        } catch (RuntimeException e) {
            switch (connection.outcome()) {
                case OPEN -> throw CommitFailures.explained(e, session);
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
            throw CommitFailures.explained(failure, session);
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
        manager.runOutside(around, () -> {
            tellCommitted();
            runAfterCommitHooks(physical);
        });
    }

    private void runAfterCommitHooks(boolean physical) {
        for (TransactionHook hook : hooks().afterCommit) {
            manager.runAfterwards(hook, this::reportFailedHook);
        }
        if (physical) {
            manager.everyCommit().tellObservers(observer -> manager.runAfterwards(observer, this::reportFailedHook));
        }
    }

    private void reportFailedHook(Throwable failure) {
        manager.reportFailedHook(info(), failure);
    }

    @Override
    void rollBack(@Nullable Throwable cause) {
        connection.permitEnd();
        Throwable problem = null;
        try {
            transaction.rollback();
        } catch (Throwable e) {
            problem = e;
        }
        Throwable problems = closeResources(problem);
        leave();
        if (problems != null && cause != null) {
            Failures.suppress(cause, problems);
        }
        manager.runOutside(around, () -> {
            tellRolledBack(cause, problems);
            runAfterRollbackHooks(cause);
        });
    }

    private @Nullable Throwable closeResources(@Nullable Throwable earlier) {
        Throwable problem = earlier;
        if (ownOptions().isOptimistic()) {
            manager.releaseGuard(session);
        }
        try {
            session.close();
        } catch (Throwable e) {
            problem = joined(problem, e);
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
