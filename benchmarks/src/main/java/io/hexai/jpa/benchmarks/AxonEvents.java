package io.hexai.jpa.benchmarks;

import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.ExpectedVersion;
import io.hexai.jpa.event.StoredEvent;
import io.hexai.jpa.event.StreamId;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/** New streams of events, and the reading of all events, by the store and by Axon's event storage engine. */
final class AxonEvents implements Contest {

    private static final String STORE = "EventStore";
    private static final String AXON = "Axon JpaEventStorageEngine";
    private static final int COUNT = 100_000;
    private static final int PAGE = 1_000;

    /** From so many events on, the library claims to append faster. */
    private static final int MANY = 100;

    private final EventDatabase database = new EventDatabase(3);
    private final EventStore store = database.store().build();
    private final AxonEngine axon = new AxonEngine(database.database(), PAGE);
    private final List<OrderPlaced> events;
    private final boolean reads;

    private AxonEvents(int size, boolean reads) throws SQLException {
        this.events = OrderPlaced.many(size);
        this.reads = reads;
        for (int stored = 0; reads && stored < COUNT; stored += size) {
            append();
            axon.append(events);
        }
        database.executeAlone("VACUUM ANALYZE");
    }

    static List<Comparison> comparisons() {
        List<Comparison> comparisons = new ArrayList<>(
                Stream.of(1, 10, 100, 1_000).map(AxonEvents::appending).toList());
        comparisons.add(reading());
        return comparisons;
    }

    private static Comparison appending(int size) {
        Comparison comparison = Comparison.of(
                        "axon-append-" + size,
                        "A new stream of " + size + (size == 1 ? " event" : " events"),
                        "events/s",
                        List.of(STORE, AXON),
                        () -> new AxonEvents(size, false))
                .withOperations(size);
        return size < MANY ? comparison : comparison.claiming(Claim.rate(13, STORE, 3, AXON));
    }

    private static Comparison reading() {
        return Comparison.of(
                        "axon-read",
                        COUNT + " events read",
                        "events/s",
                        List.of(STORE, AXON),
                        () -> new AxonEvents(PAGE, true))
                .withOperations(COUNT)
                .withTurn(Duration.ZERO)
                .claiming(Claim.rate(13, STORE, 1.5, AXON));
    }

    @Override
    public Map<String, Operation> operations() {
        return reads
                ? Map.of(STORE, () -> requireAll(read()), AXON, () -> requireAll(axon.read()))
                : Map.of(STORE, this::append, AXON, () -> axon.append(events));
    }

    private List<StoredEvent> append() {
        return store.append(StreamId.of("order", UUID.randomUUID().toString()), ExpectedVersion.noStream(), events);
    }

    private long read() {
        try (Stream<StoredEvent> all = store.stream(0, PAGE)) {
            return all.filter(event -> event.payload() instanceof OrderPlaced
                            && !event.message().id().isEmpty())
                    .count();
        }
    }

    private static long requireAll(long count) {
        if (count != COUNT) {
            throw new IllegalStateException(count + " events were read instead of " + COUNT);
        }
        return count;
    }

    @Override
    public void beforeTurn(String contestant) throws SQLException {
        if (!reads) {
            database.empty("hexai__events");
            database.execute("TRUNCATE " + AxonEngine.TABLE);
        }
    }

    @Override
    public void close() throws SQLException {
        database.close();
    }
}
