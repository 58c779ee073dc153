package io.hexai.jpa.benchmarks;

import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Threads that do the same so many times each, as one operation: from the first to the last that is done. Where some wait for
 * others, the sum of what each thread does in a given time would count those too high that come to their turn late.
 */
final class Crowd implements AutoCloseable {

    private final int size;
    private final int times;
    private final ExecutorService threads;

    Crowd(int size, int times) {
        this.size = size;
        this.times = times;
        threads = Executors.newFixedThreadPool(size);
    }

    int doEach(Operation operation) throws Exception {
        Callable<Void> thread = () -> {
            for (int i = 0; i < times; i++) {
                operation.run();
            }
            return null;
        };
        for (Future<Void> done : threads.invokeAll(Collections.nCopies(size, thread))) {
            done.get();
        }
        return size * times;
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
