package io.hexai.jpa.subscription;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The threads that handle events, and the one that rebuilds. The coordinator begins them, anybody may end them. No lock is
 * held while anything waits. Thread-safe.
 */
final class Crew {

    private final ThreadFactory threads;
    private final Runnable whenOneHasEnded;

    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable WorkerGroup workers;
    private @Nullable WorkerGroup rebuilding;
    private boolean suspended;
    private boolean dismissed;

    Crew(ThreadFactory threads, Runnable whenOneHasEnded) {
        this.threads = threads;
        this.whenOneHasEnded = whenOneHasEnded;
    }

    /** Whether nobody handles events although somebody may. */
    boolean lacksWorkers() {
        return locked(() -> mayWork() && isDone(workers));
    }

    private boolean mayWork() {
        return !suspended && !dismissed;
    }

    /** Does nothing if the work has been suspended since it was found to be lacking. */
    void beginWork(WorkerGroup group) {
        if (locked(() -> mayWork() && setWorkers(group))) {
            group.start(threads, whenOneHasEnded);
        }
    }

    void beginRebuild(WorkerGroup group) {
        if (locked(() -> !dismissed && setRebuilding(group))) {
            group.start(threads, whenOneHasEnded);
        }
    }

    private boolean setWorkers(WorkerGroup group) {
        workers = group;
        return true;
    }

    private boolean setRebuilding(WorkerGroup group) {
        rebuilding = group;
        return true;
    }

    boolean isRebuilding() {
        return locked(() -> !isDone(rebuilding));
    }

    boolean isIdle() {
        return locked(() -> isDone(workers) && isDone(rebuilding));
    }

    /** Whether the current thread is one that runs handlers. */
    boolean isHandling() {
        return locked(() -> workers != null && workers.isCurrent() || rebuilding != null && rebuilding.isCurrent());
    }

    void wake() {
        WorkerGroup group = locked(() -> workers);
        if (group != null) {
            group.pace().wake();
        }
    }

    /** For a rebuild: ends the ordinary work, and keeps it from being begun. */
    void suspendWork() throws InterruptedException {
        WorkerGroup group = locked(() -> {
            suspended = true;
            return workers;
        });
        if (group != null) {
            group.stop();
            group.awaitDone();
        }
    }

    void resumeWork() {
        locked(() -> suspended = false);
    }

    /** Lets each thread end after the transaction that it is at. */
    void stop() {
        locked(() -> {
            if (workers != null) {
                workers.stop();
            }
            if (rebuilding != null) {
                rebuilding.stop();
            }
            return true;
        });
    }

    /** From now on nothing is begun any more. */
    void dismiss() {
        locked(() -> dismissed = true);
        stop();
    }

    void interrupt() {
        locked(() -> {
            if (workers != null) {
                workers.interrupt();
            }
            if (rebuilding != null) {
                rebuilding.interrupt();
            }
            return true;
        });
    }

    /** Stops, and waits until no handler runs any more. */
    void quiesce() throws InterruptedException {
        stop();
        WorkerGroup group = locked(() -> workers);
        WorkerGroup shadow = locked(() -> rebuilding);
        if (group != null) {
            group.awaitDone();
        }
        if (shadow != null) {
            shadow.awaitDone();
        }
    }

    private static boolean isDone(@Nullable WorkerGroup group) {
        return group == null || group.isDone();
    }

    private <T extends @Nullable Object> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }
}
