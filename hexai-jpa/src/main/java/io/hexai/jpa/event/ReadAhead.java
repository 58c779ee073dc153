package io.hexai.jpa.event;

import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The threads that read the next batch of a stream. They end by themselves soon after the last one was read. */
final class ReadAhead {

    private static final int IDLE_SECONDS = 2;

    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), work -> {
                Thread thread = new Thread(work, "hexai-event-read-ahead");
                thread.setDaemon(true);
                return thread;
            });

    <T> Future<T> submit(Callable<T> work) {
        return threads.submit(work);
    }
}
