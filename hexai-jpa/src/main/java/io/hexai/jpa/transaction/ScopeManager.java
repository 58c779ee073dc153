package io.hexai.jpa.transaction;

import java.util.function.Consumer;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SessionImplementor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What all views of a unit of work share: the factory, the current scope of each thread, and who is told of commits. */
final class ScopeManager {

    private static final Logger LOG = LoggerFactory.getLogger(UnitOfWork.class);

    private final SessionFactoryImplementor factory;
    private final ConnectionSource connections;
    private final UnitOfWorkSettings settings;
    private final NewEntityTracker newEntities;
    private final @Nullable UnversionedWriteGuard writeGuard;
    private final EveryCommit everyCommit = new EveryCommit();
    private final EveryNested everyNested = new EveryNested();
    private final ThreadLocal<@Nullable Scope> current = new ThreadLocal<>();
    private final ThreadLocal<@Nullable Scope> suspended = new ThreadLocal<>();

    ScopeManager(SessionFactoryImplementor factory, UnitOfWorkSettings settings) {
        this.factory = factory;
        this.connections = ConnectionSource.of(factory);
        this.newEntities = NewEntityTracker.of(factory);
        this.settings = settings;
        this.writeGuard = settings.unversionedOptimisticWrites() ? null : UnversionedWriteGuard.of(factory);
    }

    UnitOfWorkSettings settings() {
        return settings;
    }

    EveryCommit everyCommit() {
        return everyCommit;
    }

    EveryNested everyNested() {
        return everyNested;
    }

    @Nullable
    Scope current() {
        return current.get();
    }

    /** The scope in which the thread is; if a host runs a transaction there, one that has joined it. */
    @Nullable
    Scope joined() {
        Scope scope = current.get();
        TransactionHost host = settings.host();
        if (host == null) {
            return scope;
        }
        while (scope != null && scope.root() instanceof HostedRootScope hosted && hosted.isForgotten()) {
            hosted.completed(false);
            scope = current.get();
        }
        if (scope != null && scope.root().isVisible()) {
            return scope.root().isOver() ? null : scope;
        }
        HostTransaction running = host.running();
        return running == null ? null : HostedRootScope.join(this, scope, host, running);
    }

    /** An empty place stays behind on the thread, which holds nothing of this class loader's: making it anew takes longer. */
    void makeCurrent(@Nullable Scope scope) {
        current.set(scope);
    }

    /** The scope that waits while hooks run that belong to no transaction. */
    @Nullable
    Scope suspended() {
        return suspended.get();
    }

    /** Runs what belongs to no transaction: it neither joins nor dooms the one that a NEW scope has suspended. */
    void runOutside(@Nullable Scope around, Runnable work) {
        Scope before = suspended.get();
        suspended.set(around == null ? before : around);
        makeCurrent(null);
        try {
            work.run();
        } finally {
            makeCurrent(around);
            suspended.set(before);
        }
    }

    /** Runs one of the hooks whose failure changes no outcome any more, and rolls back the scopes that it leaves open. */
    void runAfterwards(TransactionHook hook, Consumer<Throwable> onFailure) {
        Scope before = current.get();
        try {
            hook.run();
        } catch (Throwable failure) {
            if (failure instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            onFailure.accept(failure);
        }
        Scope leftOpen = current.get();
        if (leftOpen != null && leftOpen != before && (before == null || !before.isEnded())) {
            onFailure.accept(leftOpen.rollBackUpTo(before, "A hook opened a scope and did not close it"));
        }
    }

    /** A unit of work that asks for no session would not notice. */
    void requireOpenFactory() {
        if (factory.isClosed()) {
            throw new IllegalStateException(
                    "The EntityManagerFactory of this unit of work is closed; build a new unit of work on an open one.");
        }
    }

    SessionImplementor openSession(LazyConnection connection) {
        return factory.withOptions().connection(connection.scoped()).openSession();
    }

    void guardWrites(SessionImplementor session) {
        if (writeGuard != null) {
            writeGuard.open(session);
        }
    }

    void releaseGuard(SessionImplementor session) {
        if (writeGuard != null) {
            writeGuard.close(session);
        }
    }

    NewEntityTracker newEntities() {
        return newEntities;
    }

    ConnectionSource connections() {
        return connections;
    }

    /** Opens the scope that the options ask for in the place where the thread is. */
    Scope open(TransactionOptions options, int attempt, @Nullable Deadline deadline) {
        Scope around = joined();
        if (around == null || options.propagation() == Propagation.NEW) {
            return OwnRootScope.open(this, current.get(), options, attempt, deadline);
        }
        around.requireUsable();
        around.root().requireNotCommitting();
        around.root().requireCompatible(options);
        return options.propagation() == Propagation.NESTED
                ? NestedScope.open(this, around, options, attempt)
                : new JoinedScope(this, around);
    }

    /** Somebody is told of commits. */
    boolean hasObservers() {
        return hasListeners() || everyCommit.hasObservers();
    }

    boolean hasListeners() {
        return !settings.listeners().isEmpty();
    }

    void tell(Consumer<UnitOfWorkListener> event) {
        for (UnitOfWorkListener listener : settings.listeners()) {
            try {
                event.accept(listener);
            } catch (Throwable e) {
                LOG.warn("A listener of the unit of work failed: {}", listener, e);
            }
        }
    }

    void reportFailedHook(TransactionInfo transaction, Throwable failure) {
        LOG.error("A hook that ran after the end of a {} failed; its outcome stays as it is.", transaction, failure);
        HookFailedEvent.record(transaction, failure);
        tell(listener -> listener.hookFailed(transaction, failure));
    }
}
