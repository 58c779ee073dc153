package io.hexai.jpa.benchmarks;

import io.hexai.jpa.database.Migrations;
import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.PositionStrategy;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** Sixteen writers that append one event in each transaction, beside an insert by JDBC that takes the bare sequence. */
final class EventAppends implements Contest {

    private static final String SEQUENCE = "EventStore.store, SEQUENCE";
    private static final String COUNTER = "EventStore.store, COUNTER";
    private static final String JDBC = "insert by JDBC with the bare sequence";
    private static final int WRITERS = 16;

    private final EventDatabase database = new EventDatabase(WRITERS + 1);
    private final EventStore sequence = database.store().build();
    private final EventStore counter = database.store()
            .entity(CountedEvent.class)
            .positionStrategy(PositionStrategy.COUNTER)
            .build();

    private EventAppends() throws SQLException {
        Migrations.runEventTable(database.pool(), CountedEvent.TABLE);
    }

    static Comparison comparison() {
        return Comparison.of(
                        "event-append",
                        "One event in each transaction, by 16 writers",
                        "events/s",
                        List.of(SEQUENCE, JDBC, COUNTER),
                        EventAppends::new)
                .withThreads(WRITERS)
                .claiming(Claim.rate(6, SEQUENCE, 0.9, JDBC))
                .claiming(Claim.rate(6, SEQUENCE, 3, COUNTER));
    }

    @Override
    public Map<String, Operation> operations() {
        return Map.of(
                SEQUENCE, () -> sequence.store(OrderPlaced.number(1)),
                COUNTER, () -> counter.store(OrderPlaced.number(1)),
                JDBC, () -> EventInserts.one(database.pool(), OrderPlaced.number(1)));
    }

    @Override
    public void beforeTurn(String contestant) throws SQLException {
        database.empty("hexai__events", CountedEvent.TABLE);
    }

    @Override
    public void close() throws SQLException {
        database.close();
    }
}
