package io.hexai.jpa.benchmarks;

import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.StoredEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.ObjectReader;

/** All of a million events, in a heap that does not hold them. */
final class EventStreaming implements Contest {

    private static final String STREAM = "EventStore.stream";
    private static final String CURSOR = "cursor by JDBC and Jackson";
    private static final int COUNT = 1_000_000;
    private static final int BATCH = 1_000;
    private static final int HEAP_MEGABYTES = 64;

    private final EventDatabase database = new EventDatabase(3);
    private final EventStore store = database.store().build();
    private final ObjectReader headers = EventDatabase.MAPPER.readerFor(new TypeReference<Map<String, Object>>() {});
    private final ObjectReader payloads = EventDatabase.MAPPER.readerFor(OrderPlaced.class);

    private EventStreaming() throws SQLException {
        List<OrderPlaced> events = OrderPlaced.many(BATCH);
        for (int stored = 0; stored < COUNT; stored += BATCH) {
            store.storeAll(events);
        }
        database.executeAlone("VACUUM ANALYZE hexai__events");
    }

    static Comparison comparison() {
        return Comparison.of(
                        "event-stream",
                        "A million events read, with a heap of " + HEAP_MEGABYTES + " MB",
                        "events/s",
                        List.of(STREAM, CURSOR),
                        EventStreaming::new)
                .withOperations(COUNT)
                .withTurn(Duration.ZERO)
                .withHeap(HEAP_MEGABYTES)
                .claiming(Claim.rate(8, STREAM, 0.8, CURSOR));
    }

    @Override
    public Map<String, Operation> operations() {
        return Map.of(STREAM, () -> requireAll(stream()), CURSOR, () -> requireAll(readByCursor()));
    }

    private static long requireAll(long count) {
        if (count != COUNT) {
            throw new IllegalStateException(count + " events were read instead of " + COUNT);
        }
        return count;
    }

    private long stream() {
        try (Stream<StoredEvent> all = store.stream(0, BATCH)) {
            return all.filter(event -> event.payload() instanceof OrderPlaced
                            && !event.message().id().isEmpty())
                    .count();
        }
    }

    private long readByCursor() throws SQLException {
        try (Connection connection = database.pool().getConnection();
                PreparedStatement select =
                        connection.prepareStatement("SELECT position, message_type, headers, payload, stream_id,"
                                + " stream_version FROM hexai__events WHERE position > ? ORDER BY position")) {
            select.setFetchSize(BATCH);
            select.setLong(1, 0);
            long count = 0;
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    count += isRead(rows) ? 1 : 0;
                }
            }
            connection.rollback();
            return count;
        }
    }

    private boolean isRead(ResultSet row) throws SQLException {
        Map<String, Object> read = headers.readValue(row.getString(3));
        OrderPlaced placed = payloads.readValue(row.getString(4));
        return row.getLong(1) > 0
                && row.getString(2) != null
                && row.getString(5) == null
                && row.getLong(6) == 0
                && read.get("id") != null
                && placed != null;
    }

    @Override
    public void close() throws SQLException {
        database.close();
    }
}
