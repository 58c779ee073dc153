package io.hexai.jpa.transaction;

import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A scope that can roll back by itself, to the begin of the transaction or to a savepoint. */
abstract class OwningScope extends Scope {

    private static final Object BEING_CREATED = new Object();

    private final TransactionOptions options;
    private final TransactionInfo info;
    private final @Nullable TransactionEvent recorded = TransactionEvent.started();
    private final long beganAt = System.nanoTime();

    /** Most scopes have none of these two. */
    private @Nullable Hooks hooks;

    private @Nullable Map<ResourceKey<?>, Object> resources;

    private boolean doomed;
    private @Nullable Throwable firstFailure;
    private boolean prevented;
    private @Nullable Throwable preventionCause;

    OwningScope(ScopeManager manager, @Nullable Scope around, TransactionOptions options, TransactionInfo info) {
        super(manager, around);
        this.options = options;
        this.info = info;
    }

    @Override
    final OwningScope boundary() {
        return this;
    }

    final TransactionOptions ownOptions() {
        return options;
    }

    final TransactionInfo info() {
        return info;
    }

    /** The hooks, to add some. */
    final Hooks hooks() {
        if (hooks == null) {
            hooks = new Hooks();
        }
        return hooks;
    }

    /** The hooks, to run them. */
    final Hooks registeredHooks() {
        return hooks == null ? Hooks.NONE : hooks;
    }

    /** From now on this scope can only roll back, whatever its work does. */
    void doom(@Nullable Throwable cause) {
        doomed = true;
        if (firstFailure == null) {
            firstFailure = cause;
        } else if (cause != null) {
            Failures.suppress(firstFailure, cause);
        }
    }

    @Override
    final void takeAlong(Throwable failure) {
        if (firstFailure != null) {
            Failures.suppress(failure, firstFailure);
        }
    }

    /** What is done in this scope can only be rolled back, with it or with a scope around it. */
    final boolean isBoundToFail() {
        OwningScope enclosing = enclosing();
        return doomed || enclosing != null && enclosing.isBoundToFail();
    }

    void prevent(@Nullable Throwable cause) {
        prevented = true;
        if (preventionCause == null) {
            preventionCause = cause;
        }
    }

    final boolean isPrevented() {
        return prevented;
    }

    /** Why the scope rolls back although its work returned and asked for it. */
    final @Nullable Throwable preventionCause() {
        return firstFailure != null ? firstFailure : preventionCause;
    }

    final void requireNotDoomed() {
        if (doomed) {
            throw new UnexpectedRollbackException("a scope that joined it had failed or was rolled back", firstFailure);
        }
    }

    final <T> T resourceOrNew(ResourceKey<T> key, Supplier<? extends T> factory) {
        Object value = resourceOrNull(key);
        if (value == BEING_CREATED) {
            throw new IllegalStateException(
                    "The factory of " + key + " asks for the value that it is about to create.");
        }
        if (value == null) {
            value = created(key, factory);
        }
        @SuppressWarnings("unchecked") // only a factory of T ever puts a value under this key
        T typed = (T) value;
        return typed;
    }

    private Object created(ResourceKey<?> key, Supplier<?> factory) {
        Map<ResourceKey<?>, Object> own = ownResources();
        own.put(key, BEING_CREATED);
        try {
            Object value = Objects.requireNonNull(factory.get(), () -> "The factory of " + key + " returned null.");
            own.put(key, value);
            return value;
        } finally {
            own.remove(key, BEING_CREATED);
        }
    }

    private Map<ResourceKey<?>, Object> ownResources() {
        if (resources == null) {
            resources = new IdentityHashMap<>(4);
        }
        return resources;
    }

    private @Nullable Object resourceOrNull(ResourceKey<?> key) {
        Object value = resources == null ? null : resources.get(key);
        return value == null && enclosing() != null ? enclosing().resourceOrNull(key) : value;
    }

    /** The scope to whose fate this one's success is bound; null for a transaction. */
    abstract @Nullable OwningScope enclosing();

    /** Hands hooks and resources to the scope around, which decides about them from now on. */
    final void passTo(OwningScope enclosing) {
        if (hooks != null) {
            enclosing.hooks().addAll(hooks);
        }
        if (resources != null) {
            enclosing.ownResources().putAll(resources);
        }
    }

    final void tellBegan() {
        if (manager.hasListeners()) {
            manager.tell(listener -> listener.began(info));
        }
    }

    final void recordCommitted() {
        if (recorded != null) {
            recorded.ended(info, "committed", null);
        }
    }

    final void tellCommitted() {
        manager.tell(listener -> listener.committed(info, age()));
    }

    final void tellRolledBack(@Nullable Throwable cause, @Nullable Throwable problem) {
        boolean leavesToNobody = prevented && cause != null && cause == preventionCause();
        RollbackLog.write(info, age(), cause, leavesToNobody, problem);
        if (recorded != null) {
            recorded.ended(info, "rolled back", cause);
        }
        manager.tell(listener -> listener.rolledBack(info, age(), cause));
    }

    private Duration age() {
        return Duration.ofNanos(System.nanoTime() - beganAt);
    }

    final void runAfterRollbackHooks(@Nullable Throwable cause) {
        for (TransactionHook hook : registeredHooks().afterRollback) {
            manager.runAfterwards(hook, failure -> {
                if (cause != null) {
                    Failures.suppress(cause, failure);
                }
                manager.reportFailedHook(info, failure);
            });
        }
    }
}
