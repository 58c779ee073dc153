package io.hexai.jpa.subscription;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

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
        lock.lock();
        try {
            wakes++;
            stopped |= stop;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isStopped() {
        lock.lock();
        try {
            return stopped;
        } finally {
            lock.unlock();
        }
    }

    /** To be read before looking for work, so that a wake-up in between is not missed. */
    long wakes() {
        lock.lock();
        try {
            return wakes;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a wake-up after those that were seen, for a time at most. An interrupt is a stop. */
    void await(Duration time, long seen) {
        lock.lock();
        try {
            long left = time.toNanos();
            while (!stopped && wakes == seen && left > 0) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            stopped = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits although there may be wake-ups; only a stop ends it early. */
    void rest(Duration time) {
        lock.lock();
        try {
            long left = time.toNanos();
            while (!stopped && left > 0) {
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
