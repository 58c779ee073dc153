package io.hexai.jpa.subscription;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;

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

    /** If not all threads can be had, those that were end again. */
    void start(ThreadFactory factory, Runnable whenOneHasEnded) {
        int started = 0;
        try {
            for (Runnable work : works) {
                factory.newThread(() -> run(work, whenOneHasEnded)).start();
                started++;
            }
        } finally {
            if (started < works.size()) {
                stop();
                works.subList(started, works.size()).forEach(work -> running.countDown());
            }
        }
    }

    private void run(Runnable work, Runnable whenOneHasEnded) {
        threads.add(Thread.currentThread());
        try {
            work.run();
        } finally {
            threads.remove(Thread.currentThread());
            running.countDown();
            whenOneHasEnded.run();
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

    void awaitDone() throws InterruptedException {
        running.await();
    }
}
