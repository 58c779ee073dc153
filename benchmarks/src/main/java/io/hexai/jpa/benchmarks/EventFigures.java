package io.hexai.jpa.benchmarks;

import io.hexai.jpa.event.EventMessage;
import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.EventStoreBuilder;
import io.hexai.jpa.event.EventType;
import io.hexai.jpa.event.EventTypes;
import io.hexai.jpa.event.PositionStrategy;
import io.hexai.jpa.event.StoredEvent;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/**
 * The event store beside JDBC, in turns of a second or so, so that what else the machine does falls on all alike. Prints
 * medians of the turns, and of the ratios within a round. Arguments: {@code append}, {@code batch}, {@code stream}; how many
 * rounds; for {@code stream} how many events. Run {@code stream} with {@code -Xmx64m}.
 */
public final class EventFigures {

    private static final int WRITERS = 16;
    private static final int BATCH = 1_000;
    private static final long TURN = 1_000_000_000L;
    private static final String COLUMNS = "hexai__events (position, message_type, headers, payload)";
    private static final String NEXT = "nextval('hexai__events_position_seq')";

    @EventType("order.order-placed")
    record OrderPlaced(String orderId, String customerId, long cents) {}

    /** Does something for a turn and returns how many events that were. */
    private interface Contender {
        long run() throws Exception;
    }

    private interface Unit {
        long run() throws Exception;
    }

    private final JsonMapper mapper = EventStoreBuilder.defaultMapper().build();
    private final EventServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(WRITERS);

    private EventFigures(EventServer server) {
        this.server = server;
    }

    public static void main(String[] arguments) throws Exception {
        int rounds = Integer.parseInt(arguments[1]);
        try (EventServer server = new EventServer(WRITERS + 2)) {
            EventFigures figures = new EventFigures(server);
            switch (arguments[0]) {
                case "append" -> figures.append(rounds);
                case "batch" -> figures.batch(rounds);
                case "stream" -> figures.stream(rounds, Integer.parseInt(arguments[2]));
                default -> throw new IllegalArgumentException(arguments[0]);
            }
            figures.threads.shutdown();
        }
    }

    private EventStore store(PositionStrategy strategy) {
        return EventStore.builder(server.unitOfWork())
                .types(EventTypes.of(OrderPlaced.class))
                .positionStrategy(strategy)
                .build();
    }

    private static OrderPlaced event(int number) {
        return new OrderPlaced("order-" + number, "customer-456", 4_950);
    }

    private static List<OrderPlaced> events() {
        return IntStream.range(0, BATCH).mapToObj(EventFigures::event).toList();
    }

    private void append(int rounds) throws Exception {
        EventStore sequence = store(PositionStrategy.SEQUENCE);
        compare(
                rounds,
                List.of("bare sequence by JDBC", "store, SEQUENCE"),
                List.of(inParallel(this::insertOne), inParallel(() -> stored(sequence.store(event(1))))));
        server.execute("UPDATE hexai__event_position_counter SET last_position = 1000000000");
        EventStore counter = store(PositionStrategy.COUNTER);
        // After them, since a table takes its positions from one or the other.
        compare(1 + rounds / 4, List.of("store, COUNTER"), List.of(inParallel(() -> stored(counter.store(event(1))))));
    }

    private static long stored(StoredEvent event) {
        return event.position() > 0 ? 1 : 0;
    }

    private void batch(int rounds) throws Exception {
        EventStore sequence = store(PositionStrategy.SEQUENCE);
        compare(
                rounds,
                List.of("unnest by JDBC", "COPY", "storeAll, SEQUENCE"),
                List.of(
                        repeated(this::insertByUnnest),
                        repeated(this::insertByCopy),
                        repeated(() -> sequence.storeAll(events()).size())));
    }

    private void stream(int rounds, int count) throws Exception {
        EventStore sequence = store(PositionStrategy.SEQUENCE);
        for (int stored = 0; stored < count; stored += BATCH) {
            sequence.storeAll(events());
        }
        server.execute("VACUUM ANALYZE hexai__events");
        compare(rounds, List.of("cursor by JDBC", "stream"), List.of(this::readByCursor, () -> read(sequence)));
    }

    private static long read(EventStore store) {
        try (Stream<StoredEvent> all = store.stream(0, 1_000)) {
            return all.filter(event -> event.payload() instanceof OrderPlaced
                            && event.message().createdAt() != null)
                    .count();
        }
    }

    private long readByCursor() throws SQLException {
        ObjectReader headers = mapper.readerFor(new TypeReference<Map<String, Object>>() {});
        ObjectReader payload = mapper.readerFor(OrderPlaced.class);
        long count = 0;
        try (Connection connection = server.pool().getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement select =
                    connection.prepareStatement("SELECT position, message_type, headers, payload,"
                            + " stream_id, stream_version FROM hexai__events WHERE position > ? ORDER BY position")) {
                select.setFetchSize(1_000);
                select.setLong(1, 0);
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        Map<String, Object> read = headers.readValue(rows.getString(3));
                        OrderPlaced placed = payload.readValue(rows.getString(4));
                        count += rows.getLong(1) > 0
                                        && rows.getString(2) != null
                                        && rows.getString(5) == null
                                        && rows.getLong(6) == 0
                                        && read.get("id") != null
                                        && placed != null
                                ? 1
                                : 0;
                    }
                }
            }
            connection.rollback();
        }
        return count;
    }

    private long insertOne() throws SQLException {
        EventMessage message = EventMessage.of(event(1));
        try (Connection connection = server.pool().getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement insert = connection.prepareStatement(
                    "INSERT INTO " + COLUMNS + " VALUES (" + NEXT + ", ?, ?::jsonb, ?::jsonb) RETURNING position")) {
                insert.setString(1, message.type());
                insert.setString(2, mapper.writeValueAsString(message.headers()));
                insert.setString(3, mapper.writeValueAsString(message.payload()));
                insert.execute();
            }
            connection.commit();
        }
        return 1;
    }

    private long insertByUnnest() throws SQLException {
        String[] types = new String[BATCH];
        String[] headers = new String[BATCH];
        String[] payloads = new String[BATCH];
        List<OrderPlaced> events = events();
        for (int i = 0; i < BATCH; i++) {
            EventMessage message = EventMessage.of(events.get(i));
            types[i] = message.type();
            headers[i] = mapper.writeValueAsString(message.headers());
            payloads[i] = mapper.writeValueAsString(message.payload());
        }
        try (Connection connection = server.pool().getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + COLUMNS + " SELECT " + NEXT
                    + ", t, h::jsonb, p::jsonb FROM unnest(?::text[], ?::text[], ?::text[]) AS e (t, h, p)"
                    + " RETURNING position")) {
                insert.setArray(1, connection.createArrayOf("text", types));
                insert.setArray(2, connection.createArrayOf("text", headers));
                insert.setArray(3, connection.createArrayOf("text", payloads));
                insert.execute();
            }
            connection.commit();
        }
        return BATCH;
    }

    private long insertByCopy() throws SQLException {
        StringBuilder rows = new StringBuilder(BATCH * 300);
        long position = server.drawPositions(BATCH);
        for (OrderPlaced event : events()) {
            EventMessage message = EventMessage.of(event);
            rows.append(position++)
                    .append('\t')
                    .append(message.type())
                    .append('\t')
                    .append(mapper.writeValueAsString(message.headers()))
                    .append('\t')
                    .append(mapper.writeValueAsString(message.payload()))
                    .append('\n');
        }
        try (Connection connection = server.pool().getConnection()) {
            connection.setAutoCommit(false);
            CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn("COPY " + COLUMNS + " FROM STDIN");
            byte[] bytes = rows.toString().getBytes(StandardCharsets.UTF_8);
            copy.writeToCopy(bytes, 0, bytes.length);
            copy.endCopy();
            connection.commit();
        }
        return BATCH;
    }

    private static Contender repeated(Unit unit) {
        return () -> {
            long end = System.nanoTime() + TURN;
            long count = 0;
            while (System.nanoTime() < end) {
                count += unit.run();
            }
            return count;
        };
    }

    private Contender inParallel(Unit unit) {
        Contender one = repeated(unit);
        return () -> {
            List<Future<Long>> running = new ArrayList<>();
            for (int writer = 0; writer < WRITERS; writer++) {
                running.add(threads.submit(one::run));
            }
            long count = 0;
            for (Future<Long> writer : running) {
                count += writer.get();
            }
            return count;
        };
    }

    /** The first round warms up. Ratios are to the best of those before. */
    private static void compare(int rounds, List<String> names, List<Contender> contenders) throws Exception {
        double[][] rates = new double[names.size()][rounds];
        for (int round = -1; round < rounds; round++) {
            for (int i = 0; i < names.size(); i++) {
                int next = Math.floorMod(i + round, names.size());
                long start = System.nanoTime();
                long count = contenders.get(next).run();
                if (round >= 0) {
                    rates[next][round] = count * 1e9 / (System.nanoTime() - start);
                }
            }
        }
        for (int i = 0; i < names.size(); i++) {
            double[] ratios = new double[rounds];
            for (int round = 0; round < rounds; round++) {
                double best = rates[0][round];
                for (int other = 1; other < i; other++) {
                    best = Math.max(best, rates[other][round]);
                }
                ratios[round] = rates[i][round] / best;
            }
            System.out.printf("%-24s %10.0f events/s   ratio %.2f%n", names.get(i), median(rates[i]), median(ratios));
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
