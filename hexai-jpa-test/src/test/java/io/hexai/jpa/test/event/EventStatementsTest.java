package io.hexai.jpa.test.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.EventTypes;
import io.hexai.jpa.event.ExpectedVersion;
import io.hexai.jpa.event.PositionStrategy;
import io.hexai.jpa.event.StoredEvent;
import io.hexai.jpa.event.StreamId;
import io.hexai.jpa.test.PostgresTest;
import io.hexai.jpa.test.StatementLog;
import io.hexai.jpa.test.Statements;
import io.hexai.jpa.test.TestIsolation;
import io.hexai.jpa.test.event.ShelfEvent.BookPut;
import io.hexai.jpa.transaction.UnitOfWork;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** How many statements the store in the database sends. */
@PostgresTest(isolation = TestIsolation.TRUNCATE)
class EventStatementsTest {

    private UnitOfWork unitOfWork;
    private StatementLog log;

    @BeforeEach
    void open(UnitOfWork injected, StatementLog injectedLog) {
        unitOfWork = injected;
        log = injectedLog;
    }

    private EventStore store(PositionStrategy strategy) {
        return EventStore.builder(unitOfWork)
                .types(EventTypes.ofSealed(ShelfEvent.class))
                .positionStrategy(strategy)
                .build();
    }

    private static List<BookPut> events(int count) {
        return EventStoreSituation.put(1, count);
    }

    /** A chunk holds 10 000 events, or two million characters, whichever is less: some 7 000 of these. */
    @ParameterizedTest
    @CsvSource({
        "1, 1, SEQUENCE",
        "1, 1, COUNTER",
        "2, 1, SEQUENCE",
        "2, 1, COUNTER",
        "1000, 1, SEQUENCE",
        "100000, 16, SEQUENCE",
        "100000, 16, COUNTER"
    })
    void storesAnyNumberByOneStatementForEachChunk(int count, int statements, PositionStrategy strategy) {
        EventStore store = store(strategy);
        store.store(EventStoreSituation.put(0)); // the first one of a table may take two statements
        List<BookPut> events = events(count);

        Statements sent = log.during(() -> assertThat(store.storeAll(events))
                .hasSize(count)
                .extracting(StoredEvent::position)
                .isSorted());

        sent.assertAtMost(statements);
        assertThat(sent.commits()).isEqualTo(1);
        assertThat(store.count(0)).isEqualTo(count + 1);
    }

    @ParameterizedTest
    @EnumSource
    void appendsToAStreamByOneStatement(PositionStrategy strategy) {
        EventStore store = store(strategy);
        StreamId stream = StreamId.of("shelf", "a");

        log.during(() -> store.append(stream, ExpectedVersion.noStream(), events(1)))
                .assertCount(1);
        log.during(() -> store.append(stream, ExpectedVersion.any(), events(500)))
                .assertCount(1);
    }

    @ParameterizedTest
    @EnumSource
    void fetchesByThreeStatements(PositionStrategy strategy) {
        EventStore store = store(strategy);
        store.storeAll(events(100));

        log.during(() -> assertThat(store.fetch(0, 50).events()).hasSize(50)).assertAtMost(3);
    }
}
