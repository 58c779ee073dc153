package io.hexai.jpa.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.hexai.jpa.transaction.IsolationLevel;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.RetryPolicy;
import io.hexai.jpa.transaction.UnitOfWork;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/**
 * Many writers with random delays, rollbacks and nested rollbacks, and readers that follow them. A reader that only asks
 * for greater positions follows too: the events that it misses show that the writers are mean enough.
 *
 * <p>More on demand: {@code -Dhexai.stress.events=1000000 -Dhexai.stress.writers=32}.
 */
class NoSkipStressTest {

    private static final int EVENTS = Integer.getInteger("hexai.stress.events", 22_000);
    private static final int WRITERS = Integer.getInteger("hexai.stress.writers", 8);

    private final AtomicLong committed = new AtomicLong();
    private final AtomicInteger writing = new AtomicInteger(WRITERS);

    @EventType("stress.counted")
    record Counted(int writer, int number) {}

    @Test
    void missesNothingAndKeepsCausalOrder(TestReporter reporter) throws Exception {
        try (EventDatabase database = EventDatabase.create(WRITERS + 8)) {
            EventStore store = EventStore.builder(database.unitOfWork())
                    .types(EventTypes.of(Counted.class))
                    .build();
            ExecutorService threads = Executors.newCachedThreadPool();
            List<Future<Void>> writers = IntStream.range(0, WRITERS)
                    .mapToObj(writer -> threads.submit(writer(database.unitOfWork(), store, writer)))
                    .toList();
            Future<List<StoredEvent>> follower = threads.submit(follower(database.unitOfWork(), store, null));
            Future<List<StoredEvent>> oldSnapshots =
                    threads.submit(follower(database.unitOfWork(), store, IsolationLevel.REPEATABLE_READ));
            Future<List<Long>> plain = threads.submit(plainReader(database));
            for (Future<Void> writer : writers) {
                writer.get();
            }
            List<Object> all = database.select("SELECT position FROM hexai__events ORDER BY position");

            assertThat(all).hasSizeGreaterThanOrEqualTo(EVENTS);
            requireAllInOrder(follower.get(), all);
            requireAllInOrder(oldSnapshots.get(), all);
            long missed = all.size() - plain.get().size();
            assertThat(missed).as("events missed by the plain reader").isPositive();
            reporter.publishEntry("%d events, of which a plain reader missed %d".formatted(all.size(), missed));
            threads.shutdown();
            assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static void requireAllInOrder(List<StoredEvent> seen, List<Object> all) {
        assertThat(seen).extracting(event -> (Object) event.position()).isEqualTo(all);
        Map<StreamId, Long> versions = new HashMap<>();
        Map<Integer, Integer> numbers = new HashMap<>();
        for (StoredEvent event : seen) {
            assertThat(event.streamVersion()).isEqualTo(versions.merge(event.streamId(), 1L, Long::sum));
            Counted counted = (Counted) event.payload();
            assertThat(counted.number()).isGreaterThan(numbers.getOrDefault(counted.writer(), -1));
            numbers.put(counted.writer(), counted.number());
        }
    }

    private Callable<Void> writer(UnitOfWork unitOfWork, EventStore store, int writer) {
        return () -> {
            Random random = new Random(writer);
            int[] number = {0};
            try {
                while (committed.get() < EVENTS) {
                    // Every writer appends to its own stream, and now and then to one that all share.
                    StreamId own = StreamId.of("writer", String.valueOf(writer));
                    IsolationLevel isolation =
                            random.nextInt(10) == 0 ? IsolationLevel.SERIALIZABLE : IsolationLevel.READ_COMMITTED;
                    int stored = unitOfWork
                            .with(o -> o.withIsolation(isolation).withRetry(RetryPolicy.attempts(50)))
                            .call(() -> work(unitOfWork, store, own, writer, number, random));
                    committed.addAndGet(stored);
                }
            } finally {
                writing.decrementAndGet();
            }
            return null;
        };
    }

    private static int work(
            UnitOfWork unitOfWork, EventStore store, StreamId own, int writer, int[] number, Random random) {
        delay(unitOfWork, random);
        int stored = append(store, own, writer, number, random);
        if (random.nextInt(3) == 0) {
            delay(unitOfWork, random);
            int nested = unitOfWork.with(Propagation.NESTED).call(() -> {
                int inside = append(store, own, writer, number, random);
                delay(unitOfWork, random);
                if (random.nextBoolean()) {
                    unitOfWork.current().preventCommit();
                    return 0;
                }
                return inside;
            });
            stored += nested;
        }
        delay(unitOfWork, random);
        if (random.nextInt(8) == 0) {
            stored += append(store, StreamId.of("shared", "1"), writer, number, random);
        }
        if (random.nextInt(6) == 0) {
            unitOfWork.current().preventCommit();
            return 0;
        }
        return stored;
    }

    private static int append(EventStore store, StreamId stream, int writer, int[] number, Random random) {
        List<Counted> events = IntStream.rangeClosed(0, random.nextInt(4))
                .mapToObj(i -> new Counted(writer, number[0]++))
                .toList();
        return store.append(stream, ExpectedVersion.any(), events).size();
    }

    private static void delay(UnitOfWork unitOfWork, Random random) {
        if (random.nextBoolean()) {
            unitOfWork
                    .entityManager()
                    .createNativeQuery("SELECT pg_sleep(?1)::text")
                    .setParameter(1, random.nextInt(6) / 1000.0)
                    .getSingleResult();
        }
    }

    private Callable<List<StoredEvent>> follower(UnitOfWork unitOfWork, EventStore store, IsolationLevel isolation) {
        UnitOfWork reading = isolation == null ? unitOfWork : unitOfWork.with(o -> o.withIsolation(isolation));
        return () -> {
            List<StoredEvent> seen = new ArrayList<>();
            long after = 0;
            boolean isOver;
            EventPage page;
            do {
                long from = after;
                isOver = writing.get() == 0;
                page = reading.call(() -> store.fetch(from, 200));
                seen.addAll(page.events());
                after = page.nextPosition();
            } while (!isOver || !page.isLast());
            return seen;
        };
    }

    private Callable<List<Long>> plainReader(EventDatabase database) {
        return () -> {
            List<Long> seen = new ArrayList<>();
            try (Connection connection = database.connect();
                    PreparedStatement next = connection.prepareStatement(
                            "SELECT position FROM hexai__events WHERE position > ? ORDER BY position LIMIT 200")) {
                long after = 0;
                boolean isOver;
                int found;
                do {
                    isOver = writing.get() == 0;
                    found = seen.size();
                    next.setLong(1, after);
                    try (ResultSet rows = next.executeQuery()) {
                        while (rows.next()) {
                            after = rows.getLong(1);
                            seen.add(after);
                        }
                    }
                } while (!isOver || seen.size() > found);
            }
            return seen;
        };
    }
}
