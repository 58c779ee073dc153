package io.hexai.jpa.transaction;

import jakarta.persistence.EntityManager;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;
import org.hibernate.Transaction;
import org.hibernate.engine.spi.SessionImplementor;
import org.jspecify.annotations.Nullable;

/** The outermost scope of a transaction: it has the session, and does what is to be done before the commit. */
abstract class RootScope extends OwningScope {

    static {
        // No descriptor can require jakarta.transaction, so that it stays on the class path where this is a module.
        RootScope.class.getModule().addReads(RootScope.class.getClassLoader().getUnnamedModule());
    }

    private static final CommitPhase[] PHASES = CommitPhase.values();

    /** Opened when somebody asks for it: many units of work find in a cache, or in their arguments, that there is nothing to do. */
    private @Nullable SessionImplementor session;

    private @Nullable EntityManager scopedEntityManager;

    /** The scope that waits for the end of this one. */
    private final @Nullable Scope suspended;

    private @Nullable IsolationLevel isolation;
    private @Nullable CommitPhase phase;
    private boolean committing;

    RootScope(ScopeManager manager, @Nullable Scope around, TransactionOptions options, TransactionInfo info) {
        super(manager, around, options, info);
        this.suspended = around == null ? manager.suspended() : around;
        this.isolation = options.isolation();
    }

    /** How many connections are held by a scope that is about to be suspended, and by those suspended already. */
    static int connectionsHeldBy(@Nullable Scope innermost) {
        int held = 0;
        for (Scope scope = innermost; scope != null; scope = scope.root().suspended) {
            held += scope.root().holdsConnection() ? 1 : 0;
        }
        return held;
    }

    abstract boolean holdsConnection();

    /** Whether the thread is in this transaction now; a framework may have put it aside for one of its own. */
    abstract boolean isVisible();

    /** The transaction has ended, though whoever ended it has not said so yet. */
    abstract boolean isOver();

    /** From here on an optimistic scope does not read outside a transaction any more. */
    abstract void beginTransaction();

    abstract Savepoints.NestedSavepoint openSavepoint() throws SQLException;

    abstract void release(Savepoints.NestedSavepoint savepoint) throws SQLException;

    abstract void rollBackTo(Savepoints.NestedSavepoint savepoint) throws SQLException;

    /** The connection was used to end the transaction behind the back of its owner. */
    abstract boolean isEndedElsewhere() throws SQLException;

    /** The server has marked the transaction as failed. */
    abstract boolean isFailed() throws SQLException;

    /** Comes before the hooks of a phase. */
    abstract void beforePhase(CommitPhase next);

    @Override
    final RootScope root() {
        return this;
    }

    @Override
    final @Nullable OwningScope enclosing() {
        return null;
    }

    /** Opens the session, with its transaction begun. */
    abstract SessionImplementor openSession();

    final SessionImplementor session() {
        if (session == null) {
            session = openSession();
        }
        return session;
    }

    /** The session, if anybody has asked for it. */
    final @Nullable SessionImplementor sessionOrNull() {
        return session;
    }

    final EntityManager scopedEntityManager() {
        if (scopedEntityManager == null) {
            scopedEntityManager = new ScopedSession(session(), this, false);
        }
        return scopedEntityManager;
    }

    final Transaction hibernateTransaction() {
        return session().accessTransaction();
    }

    final void flush() {
        if (session != null && !ownOptions().isReadOnly()) {
            session.flush();
        }
    }

    /** Under a stricter isolation a repeated nested scope would see the same old rows again. */
    final boolean canRepeatNested() {
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
            isolation = session().doReturningWork(jdbc -> {
                try (var statement = jdbc.prepareStatement("SELECT current_setting('transaction_isolation')");
                        var row = statement.executeQuery()) {
                    row.next();
                    return IsolationLevel.ofSql(row.getString(1));
                }
            });
        }
        return isolation;
    }

    /** Hooks of a phase that runs or is over would not be called any more. */
    final void requireOpen(CommitPhase asked) {
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
    final void requireNoSwallowedFailure() {
        if (session == null) {
            return;
        }
        Transaction transaction = session.accessTransaction();
        try {
            if (isEndedElsewhere() || !session.isOpen() || !transaction.isActive()) {
                throw new IllegalStateException(TransactionWatch.endedMessage(info()));
            }
            if (isFailed()) {
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

    /** From here on it is the server's decision, though callbacks of Hibernate's still run on the thread. */
    final void requireNotCommitting() {
        if (committing) {
            throw new IllegalStateException(
                    "The COMMIT of the " + info() + " is under way; a callback that runs meanwhile"
                            + " can neither decide about it nor join it. Use the hooks beforeCommit(…) and afterCommit(…).");
        }
    }

    final void requireNotCompleting() {
        if (phase != null) {
            throw new IllegalStateException(
                    "The " + info() + " is being committed already; a beforeCommit hook cannot commit it again.");
        }
    }

    /** Runs the hooks and flushes; afterwards either the commit is prevented, or nothing speaks against it. */
    final void prepareCommit() {
        for (CommitPhase next : PHASES) {
            if (!isPrevented()) {
                requireNotDoomed();
                requireNoSwallowedFailure();
                beforePhase(next);
                phase = next;
                runHooks(next);
            }
        }
        if (!isPrevented()) {
            flush();
            requireNotDoomed();
            requireNoSwallowedFailure();
        }
    }

    private void runHooks(CommitPhase running) {
        List<TransactionHook> own = registeredHooks().beforeCommit(running);
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

    /** From here on hooks cannot be registered and scopes not be opened any more. */
    final void startCommitting() {
        committing = true;
    }

    final void runAfterCommitHooks(boolean physical) {
        for (TransactionHook hook : registeredHooks().afterCommit) {
            manager.runAfterwards(hook, this::reportFailedHook);
        }
        if (physical) {
            manager.everyCommit().tellObservers(observer -> manager.runAfterwards(observer, this::reportFailedHook));
        }
    }

    final void reportFailedHook(Throwable failure) {
        manager.reportFailedHook(info(), failure);
    }
}
