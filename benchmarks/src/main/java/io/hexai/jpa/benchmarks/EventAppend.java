package io.hexai.jpa.benchmarks;

import io.hexai.jpa.event.EventMessage;
import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.EventType;
import io.hexai.jpa.event.EventTypes;
import io.hexai.jpa.event.PositionStrategy;
import io.hexai.jpa.event.StoredEvent;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import tools.jackson.databind.json.JsonMapper;

/** Sixteen writers that append one event in each transaction, beside an insert by JDBC that takes the bare sequence. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Threads(16)
@Fork(1)
@Warmup(iterations = 2, time = 5)
@Measurement(iterations = 5, time = 5)
public class EventAppend {

    @EventType("order.order-placed")
    record OrderPlaced(String orderId, String customerId, long cents) {}

    private final JsonMapper mapper = JsonMapper.shared();
    private EventServer server;
    private EventStore sequence;
    private EventStore counter;

    @Setup
    public void start() throws IOException {
        server = new EventServer(16);
        sequence = store(PositionStrategy.SEQUENCE);
        counter = store(PositionStrategy.COUNTER);
    }

    private EventStore store(PositionStrategy strategy) {
        return EventStore.builder(server.unitOfWork())
                .types(EventTypes.of(OrderPlaced.class))
                .positionStrategy(strategy)
                .build();
    }

    @TearDown
    public void stop() throws IOException {
        server.close();
    }

    private static OrderPlaced event() {
        return new OrderPlaced("order-123", "customer-456", 4_950);
    }

    @Benchmark
    public StoredEvent sequence() {
        return sequence.store(event());
    }

    @Benchmark
    public StoredEvent counter() {
        return counter.store(event());
    }

    @Benchmark
    public boolean bareSequenceByJdbc() throws SQLException {
        EventMessage message = EventMessage.of(event());
        try (Connection connection = server.pool().getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement insert = connection.prepareStatement(
                    "INSERT INTO hexai__events (position, message_type, headers, payload)"
                            + " VALUES (nextval('hexai__events_position_seq'), ?, ?::jsonb, ?::jsonb) RETURNING position")) {
                insert.setString(1, message.type());
                insert.setString(2, mapper.writeValueAsString(message.headers()));
                insert.setString(3, mapper.writeValueAsString(message.payload()));
                insert.execute();
            }
            connection.commit();
        }
        return true;
    }
}
