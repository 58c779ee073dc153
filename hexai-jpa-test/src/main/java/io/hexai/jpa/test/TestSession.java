package io.hexai.jpa.test;

import io.hexai.jpa.transaction.Action;
import io.hexai.jpa.transaction.TransactionScope;
import io.hexai.jpa.transaction.UnitOfWork;
import io.hexai.jpa.transaction.Work;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One of {@link TwoSessions}: a thread, and at most one transaction on it. A step that fails leaves the transaction as it
 * is; end it with {@link #rollback()}. Confined to the test's thread.
 */
public final class TestSession {

    private final String name;
    private final UnitOfWork unitOfWork;
    private final Duration patience;
    private final ExecutorService thread;
    private @Nullable TransactionScope scope;
    private @Nullable SessionStep<?> closing;

    TestSession(String name, UnitOfWork unitOfWork, Duration patience) {
        this.name = name;
        this.unitOfWork = unitOfWork;
        this.patience = patience;
        this.thread = Executors.newSingleThreadExecutor(task -> {
            Thread created = new Thread(task, "hexai-session-" + name);
            created.setDaemon(true);
            return created;
        });
    }

    /**
     * Runs a step in the session's transaction, and begins one if there is none.
     *
     * @param step given the transaction's entity manager
     * @param <R> the result
     * @param <X> what the step may throw
     * @return what the step returned
     * @throws X what the step threw
     * @throws IllegalStateException if the step does not end in time, as when it waits for the other session
     */
    public <R extends @Nullable Object, X extends Throwable> R call(Work<R, X> step) throws X {
        return submit(() -> apply(step)).await();
    }

    /**
     * Runs a step that returns nothing in the session's transaction, and begins one if there is none.
     *
     * @param step given the transaction's entity manager
     * @param <X> what the step may throw
     * @throws X what the step threw
     * @throws IllegalStateException if the step does not end in time, as when it waits for the other session
     */
    public <X extends Throwable> void run(Action<X> step) throws X {
        call((Work<@Nullable Object, X>) entityManager -> {
            step.accept(entityManager);
            return null;
        });
    }

    /**
     * Starts a step, and returns as soon as it has ended or waits for a lock in the database.
     *
     * @param step given the transaction's entity manager
     * @param <R> the result
     * @return the step
     * @throws IllegalStateException if it has done neither in time
     */
    public <R extends @Nullable Object> SessionStep<R> start(Work<R, ?> step) {
        LockWaits waits = LockWaits.of(unitOfWork);
        SessionStep<R> started = submit(() -> apply(step));
        started.awaitEndOrWait(waits);
        return started;
    }

    /**
     * Commits the session's transaction. Without one, it does nothing.
     *
     * @throws IllegalStateException if that does not end in time
     */
    public void commit() {
        submit(() -> {
                    end(TransactionScope::commit);
                    return null;
                })
                .await();
    }

    /**
     * Starts to commit the session's transaction, and returns as soon as that has ended or waits for a lock.
     *
     * @return the step
     * @throws IllegalStateException if it has done neither in time
     */
    public SessionStep<@Nullable Object> startCommit() {
        LockWaits waits = LockWaits.of(unitOfWork);
        SessionStep<@Nullable Object> started = submit(() -> {
            end(TransactionScope::commit);
            return null;
        });
        started.awaitEndOrWait(waits);
        return started;
    }

    /**
     * Rolls the session's transaction back. Without one, it does nothing.
     *
     * @throws IllegalStateException if that does not end in time
     */
    public void rollback() {
        submitRollback().await();
    }

    void beginClosing() {
        if (closing == null) {
            closing = submitRollback();
            thread.shutdown();
        }
    }

    void finishClosing() {
        if (closing != null) {
            closing.await();
        }
    }

    private SessionStep<@Nullable Object> submitRollback() {
        return submit(() -> {
            end(TransactionScope::rollback);
            return null;
        });
    }

    private <R extends @Nullable Object> SessionStep<R> submit(Callable<R> task) {
        return new SessionStep<>(name, thread.submit(task), patience);
    }

    /** Everything below runs on the session's thread, to which the scope belongs. */
    private <R extends @Nullable Object> R apply(Work<R, ?> step) throws Exception {
        if (scope == null) {
            scope = unitOfWork.begin();
        }
        try {
            return step.apply(scope.entityManager());
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private void end(Consumer<TransactionScope> how) {
        try (TransactionScope ending = scope) {
            scope = null;
            if (ending != null) {
                how.accept(ending);
            }
        }
    }
}
