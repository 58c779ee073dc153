package io.hexai.jpa.subscription;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/** Threads that begin and end together. Thread-safe. */
final class WorkerGroup {

    private final Pace pace = new Pace();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final CountDownLatch running;
    private final List<Runnable> works;

    WorkerGroup(int count) {
        this.running = new CountDownLatch(count);
        this.works = new ArrayList<>(count);
    }

    Pace pace() {
        return pace;
    }

    void add(Runnable work) {
        works.add(work);
    }

    void start(ThreadFactory factory, Runnable whenOneHasEnded) {
        for (Runnable work : works) {
            Thread thread = factory.newThread(() -> {
                threads.add(Thread.currentThread());
                try {
                    work.run();
                } finally {
                    threads.remove(Thread.currentThread());
                    running.countDown();
                    whenOneHasEnded.run();
                }
            });
            thread.start();
        }
    }

    void stop() {
        pace.stop();
    }

    boolean isDone() {
        return running.getCount() == 0;
    }

    /** Whether the current thread is one of these. */
    boolean isCurrent() {
        return threads.contains(Thread.currentThread());
    }

    void interrupt() {
        threads.forEach(Thread::interrupt);
    }

    boolean awaitDone(Duration timeout) throws InterruptedException {
        return running.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    void awaitDone() throws InterruptedException {
        running.await();
    }
}
