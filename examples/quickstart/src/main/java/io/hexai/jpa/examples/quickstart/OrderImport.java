package io.hexai.jpa.examples.quickstart;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Takes all orders of a file, with several threads at once. A bad line is counted and passed over; any other failure ends
 * the import, which can be repeated: what it has stored by then it finds there.
 */
final class OrderImport {

    private final OrderFile file;
    private final OrderDesk desk;
    private final Tally tally;

    OrderImport(OrderFile file, OrderDesk desk, Tally tally) {
        this.file = file;
        this.desk = desk;
        this.tally = tally;
    }

    void run(int threads) throws InterruptedException, ExecutionException {
        ExecutorService workers = Executors.newFixedThreadPool(threads);
        try (Progress progress = Progress.of(file.size())) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                running.add(workers.submit(() -> takeUntilTheEnd(progress)));
            }
            for (Future<?> worker : running) {
                worker.get();
            }
        } finally {
            workers.shutdown();
        }
    }

    private @Nullable Void takeUntilTheEnd(Progress progress) throws IOException {
        try {
            Optional<FileLine> line = file.next();
            while (line.isPresent()) {
                take(line.get());
                progress.advance(line.get().size());
                line = file.next();
            }
            return null;
        } finally {
            file.stop();
        }
    }

    private void take(FileLine line) {
        try {
            desk.take(line.parse()).ifPresentOrElse(tally::taken, tally::repeated);
        } catch (BadLineException e) {
            tally.bad(e);
        }
    }
}
