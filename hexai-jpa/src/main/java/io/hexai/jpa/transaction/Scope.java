package io.hexai.jpa.transaction;

import jakarta.persistence.EntityManager;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One level on a thread's stack of scopes. */
abstract class Scope implements TransactionScope {

    static final Logger LOG = LoggerFactory.getLogger(UnitOfWork.class);

    final ScopeManager manager;
    final @Nullable Scope around;

    private final Thread owner = Thread.currentThread();
    private @Nullable OpeningPlace openedAt;
    private boolean ended;

    Scope(ScopeManager manager, @Nullable Scope around) {
        this.manager = manager;
        this.around = around;
    }

    /** The transaction that this scope is part of. */
    abstract RootScope root();

    /** The innermost scope, this one included, that can roll back by itself. */
    abstract OwningScope boundary();

    /** Ends the scope after its work returned. */
    abstract void complete();

    /** Ends the scope after its work threw, or decided to roll back; a failure on the way is suppressed into the cause. */
    abstract void rollBack(@Nullable Throwable cause);

    /** Suppresses into the work's own failure, which is the one to leave, what had gone wrong before. */
    void takeAlong(Throwable failure) {}

    /** Remembers the place, for the message to who uses the scope when it is over. */
    final Scope rememberWhereOpened() {
        openedAt = OpeningPlace.here();
        return this;
    }

    final @Nullable Throwable whereOpened() {
        return openedAt == null ? null : openedAt.asThrowable();
    }

    final void enter() {
        manager.makeCurrent(this);
    }

    final void leave() {
        ended = true;
        manager.makeCurrent(around);
    }

    final boolean isEnded() {
        return ended;
    }

    @Override
    public final void commit() {
        requireDecidable();
        complete();
    }

    @Override
    public final void rollback() {
        requireDecidable();
        rollBack(null);
    }

    @Override
    public final void close() {
        if (!ended) {
            requireDecidable();
            warnOfLostChanges();
            rollBack(null);
        }
    }

    /** Ends the scope after its work threw; whatever else goes wrong is suppressed into that failure. */
    final void fail(Throwable failure) {
        if (ended) {
            return;
        }
        try {
            requireInnermost();
            takeAlong(failure);
            rollBack(failure);
        } catch (Throwable e) {
            Failures.suppress(failure, e);
        }
    }

    private void requireDecidable() {
        requireUsable();
        root().requireNotCommitting();
        requireNotPutAside();
        requireInnermost();
    }

    /** Scopes that were left open can be rolled back from here, but not a transaction of the host's. */
    private void requireNotPutAside() {
        Scope innermost = manager.current();
        boolean putAside = innermost != null && !innermost.root().isVisible();
        for (Scope scope = innermost; scope != null && scope != this; scope = scope.around) {
            putAside |= scope instanceof HostedRootScope;
        }
        if (putAside) {
            throw new IllegalStateException(
                    "A scope of the " + root().info() + " cannot be ended while a transaction of "
                            + manager.settings().host() + " has suspended it. End that one first.");
        }
    }

    final void requireUsable() {
        if (Thread.currentThread() != owner) {
            throw new IllegalStateException("The " + root().info() + " belongs to thread '" + owner.getName()
                    + "' and was used on thread '" + Thread.currentThread().getName()
                    + "'. Open a unit of work on that thread instead.");
        }
        if (ended) {
            throw new IllegalStateException(
                    "The scope of the " + root().info() + " has ended and cannot be used any more.", whereOpened());
        }
    }

    /** Rolls back the inner scopes that were left open, and this one: what they meant cannot be known any more. */
    final void requireInnermost() {
        Scope innermost = manager.current();
        if (innermost == this) {
            return;
        }
        String problem =
                "Scopes must be closed innermost first, but a scope inside the " + root().info() + " is still open";
        IllegalStateException misuse = innermost == null ? misuse(problem) : innermost.rollBackUpTo(this, problem);
        rollBack(misuse);
        throw misuse;
    }

    /** Rolls back this scope and those around it, up to the given one, and returns why. */
    final IllegalStateException rollBackUpTo(@Nullable Scope end, String problem) {
        IllegalStateException misuse = misuse(problem);
        for (Scope scope = this; scope != null && scope != end; scope = scope.around) {
            scope.rollBack(misuse);
        }
        return misuse;
    }

    private IllegalStateException misuse(String problem) {
        return new IllegalStateException(
                problem + ". All of them were rolled back; open inner scopes in try-with-resources.", whereOpened());
    }

    private void warnOfLostChanges() {
        try {
            if (LOG.isWarnEnabled()
                    && root().sessionOrNull() != null
                    && !root().options().isReadOnly()
                    && !changes().isEmpty()) {
                LOG.warn(
                        "A scope of the {} was closed without commit() or rollback() and its pending changes are lost.",
                        root().info());
            }
        } catch (Throwable e) {
            LOG.warn("Whether a scope of the {} had pending changes could not be told.", root().info(), e);
        }
    }

    @Override
    public final EntityManager entityManager() {
        requireUsable();
        return root().scopedEntityManager();
    }

    @Override
    public final TransactionOptions options() {
        return boundary().ownOptions();
    }

    @Override
    public final int attempt() {
        return boundary().info().attempt();
    }

    @Override
    public final void beforeCommit(TransactionHook hook) {
        beforeCommit(CommitPhase.MAIN, hook);
    }

    @Override
    public final void beforeCommit(CommitPhase phase, TransactionHook hook) {
        requireUsable();
        root().requireOpen(phase);
        boundary().hooks().beforeCommit(phase).add(Objects.requireNonNull(hook, "hook"));
    }

    @Override
    public final void afterCommit(TransactionHook hook) {
        requireUsable();
        boundary().hooks().afterCommit.add(Objects.requireNonNull(hook, "hook"));
    }

    @Override
    public final void afterRollback(TransactionHook hook) {
        requireUsable();
        boundary().hooks().afterRollback.add(Objects.requireNonNull(hook, "hook"));
    }

    @Override
    public final void preventCommit() {
        requireUsable();
        root().requireNotCommitting();
        boundary().prevent(null);
    }

    @Override
    public final void preventCommit(Throwable cause) {
        requireUsable();
        root().requireNotCommitting();
        boundary().prevent(Objects.requireNonNull(cause, "cause"));
    }

    @Override
    public final boolean isCommitPrevented() {
        return boundary().isPrevented();
    }

    @Override
    public final <T> T resource(ResourceKey<T> key, Supplier<? extends T> factory) {
        requireUsable();
        return boundary().resourceOrNew(key, factory);
    }

    @Override
    public final PendingChanges changes() {
        requireUsable();
        return new SessionChanges(root().session());
    }
}
