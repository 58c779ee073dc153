package io.hexai.jpa.subscription;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** When threads go on, and when they end. Thread-safe. */
final class Pace {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean stopped;
    private long wakes;

    void wake() {
        change(false);
    }

    void stop() {
        change(true);
    }

    private void change(boolean stop) {
        locked(() -> {
            wakes++;
            stopped |= stop;
            changed.signalAll();
            return true;
        });
    }

    boolean isStopped() {
        return locked(() -> stopped);
    }

    /** To be read before looking for work, so that a wake-up in between is not missed. */
    long wakes() {
        return locked(() -> wakes);
    }

    private <T> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a wake-up after those that were seen, for a time at most. An interrupt is a stop. */
    void await(Duration time, long seen) {
        waitWhile(() -> wakes == seen, time);
    }

    /** Waits although there may be wake-ups; only a stop ends it early. */
    void rest(Duration time) {
        waitWhile(() -> true, time);
    }

    private void waitWhile(BooleanSupplier nothingNew, Duration time) {
        lock.lock();
        try {
            long left = time.toNanos();
            while (!stopped && nothingNew.getAsBoolean() && left > 0) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            stopped = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    static long deadlineAfter(Duration time) {
        return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(time.toMillis());
    }
}
