package io.hexai.jpa.event;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A stream of the rows of batches that are read as it is consumed. */
final class BatchStream {

    private static final Logger LOG = LoggerFactory.getLogger(EventStore.class);

    private BatchStream() {}

    static Stream<EventRow> of(EventBatches batches) {
        return StreamSupport.stream(new Rows(batches::next), false);
    }

    /** While a batch is consumed, another thread reads the next. */
    static Stream<EventRow> of(EventBatches batches, ReadAhead readAhead) {
        AheadOfReader ahead = new AheadOfReader(batches, readAhead);
        return StreamSupport.stream(new Rows(ahead::next), false).onClose(ahead::close);
    }

    private interface Batches {
        List<EventRow> next();
    }

    private static final class Rows extends Spliterators.AbstractSpliterator<EventRow> {
        private final Batches batches;
        private Iterator<EventRow> current = Collections.emptyIterator();

        Rows(Batches batches) {
            super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.IMMUTABLE);
            this.batches = batches;
        }

        @Override
        public boolean tryAdvance(Consumer<? super EventRow> action) {
            if (!current.hasNext()) {
                current = batches.next().iterator();
                if (!current.hasNext()) {
                    return false;
                }
            }
            action.accept(current.next());
            return true;
        }
    }

    private static final class AheadOfReader {
        private final EventBatches batches;
        private final ReadAhead readAhead;
        private @Nullable Future<List<EventRow>> next;
        private boolean ended;

        AheadOfReader(EventBatches batches, ReadAhead readAhead) {
            this.batches = batches;
            this.readAhead = readAhead;
        }

        List<EventRow> next() {
            if (ended) {
                return List.of();
            }
            List<EventRow> batch = await(next == null ? readAhead.submit(batches::next) : next);
            ended = batch.isEmpty();
            next = ended ? null : readAhead.submit(batches::next);
            return batch;
        }

        private List<EventRow> await(Future<List<EventRow>> reading) {
            try {
                return reading.get();
            } catch (ExecutionException e) {
                ended = true;
                if (e.getCause() instanceof RuntimeException failure) {
                    throw failure;
                }
                throw new IllegalStateException("Reading events ahead failed.", e.getCause());
            } catch (InterruptedException e) {
                ended = true;
                Thread.currentThread().interrupt();
                throw new IllegalStateException("Interrupted while waiting for the next batch of events.", e);
            }
        }

        /** Waits for the read that is under way, so that its connection is back, and drops what it read. */
        void close() {
            ended = true;
            Future<List<EventRow>> reading = next;
            next = null;
            if (reading != null) {
                try {
                    reading.get();
                } catch (ExecutionException e) {
                    LOG.debug("Nobody waits any more for a batch of events that could not be read", e.getCause());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }
}
