package io.hexai.jpa.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.event.OrderEvent.OrderPlaced;
import io.hexai.jpa.transaction.IsolationLevel;
import io.hexai.jpa.transaction.UnitOfWork;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The event table of the operations page that PostgreSQL partitions by position, with its borders at 4 and 7. */
class PartitionedTableTest {

    // region table
    static final String TABLE = """
            CREATE TABLE order_log (
              position bigint PRIMARY KEY,
              message_type text NOT NULL,
              headers jsonb NOT NULL,
              payload jsonb NOT NULL,
              created_at timestamptz NOT NULL DEFAULT now(),
              stream_id text,
              stream_version bigint,
              CHECK ((stream_id IS NULL) = (stream_version IS NULL))
            ) PARTITION BY RANGE (position);
            CREATE SEQUENCE order_log_position_seq AS bigint CACHE 1 NO CYCLE OWNED BY order_log.position;
            CREATE INDEX ON order_log (message_type, position);
            CREATE INDEX ON order_log (stream_id, stream_version);

            -- What is unique in the whole table cannot be so by an index of it, which would need the position.
            CREATE TABLE order_log_keys (position bigint, message_id text, stream_id text, stream_version bigint);
            CREATE UNIQUE INDEX order_log_message_id_key ON order_log_keys (message_id);
            CREATE UNIQUE INDEX order_log_stream_key ON order_log_keys (stream_id, stream_version) WHERE stream_id IS NOT NULL;
            CREATE INDEX ON order_log_keys (position);
            CREATE FUNCTION order_log_keep_key() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              INSERT INTO order_log_keys VALUES (NEW.position, NEW.headers ->> 'id', NEW.stream_id, NEW.stream_version);
              RETURN NULL;
            END $$;
            CREATE TRIGGER order_log_keep_key AFTER INSERT ON order_log
              FOR EACH ROW EXECUTE FUNCTION order_log_keep_key();
            CREATE TRIGGER order_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON order_log
              FOR EACH STATEMENT EXECUTE FUNCTION hexai__refuse_change();
            """;
    // endregion

    private static final String PARTITIONS = """
            CREATE TABLE order_log_1 PARTITION OF order_log FOR VALUES FROM (1) TO (4);
            CREATE TABLE order_log_4 PARTITION OF order_log FOR VALUES FROM (4) TO (7);
            CREATE TABLE order_log_7 PARTITION OF order_log FOR VALUES FROM (7) TO (10);
            """;

    private static final StreamId STREAM = StreamId.of("order", "1");

    private static EventDatabase database;
    private static UnitOfWork unitOfWork;
    private static EventStore store;

    @BeforeAll
    static void open() {
        database = EventDatabase.create(OrderLogEvent.class);
        unitOfWork = database.unitOfWork();
        store = EventStore.builder(unitOfWork)
                .types(EventTypes.ofSealed(OrderEvent.class))
                .entity(OrderLogEvent.class)
                .build();
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @BeforeEach
    void create() {
        database.execute(TABLE + PARTITIONS);
    }

    @AfterEach
    void drop() {
        database.execute(
                "DROP TABLE IF EXISTS order_log, order_log_1, order_log_keys;" + " DROP FUNCTION order_log_keep_key");
    }

    private static OrderPlaced placed(int number) {
        return EventStoreTests.placed(number);
    }

    @Test
    void isWrittenAndReadAcrossItsBorders() {
        store.storeAll(EventStoreTests.placed(1, 5));
        store.append(STREAM, ExpectedVersion.noStream(), EventStoreTests.placed(6, 8));

        assertThat(EventStoreTests.payloads(store.fetch(0, 10).events())).isEqualTo(EventStoreTests.placed(1, 8));
        assertThat(store.readStream(STREAM)).extracting(StoredEvent::position).containsExactly(6L, 7L, 8L);
        assertThat(store.lastPosition()).isEqualTo(8);
        assertThat(database.select("SELECT count(*) FROM ONLY order_log_4")).containsExactly(3L);
    }

    @Test
    void refusesAMessageAndAVersionOfAStreamThatLieInAnotherPartition() {
        EventMessage message = EventMessage.of(placed(1));
        store.store(message);
        store.append(STREAM, ExpectedVersion.noStream(), EventStoreTests.placed(2, 4));

        assertThatThrownBy(() -> store.store(message)).isInstanceOf(DuplicateMessageException.class);
        assertThatThrownBy(() ->
                        database.execute("INSERT INTO order_log VALUES" + " (9, 't', '{}', '{}', now(), 'order-1', 1)"))
                .hasStackTraceContaining("order_log_stream_key");
        assertThatThrownBy(() -> store.append(STREAM, ExpectedVersion.exactly(1), List.of(placed(5))))
                .isInstanceOf(VersionConflictException.class);
        assertThat(store.append(STREAM, ExpectedVersion.exactly(3), List.of(placed(5))))
                .extracting(StoredEvent::streamVersion)
                .containsExactly(4L);
    }

    @ParameterizedTest
    @EnumSource(names = {"READ_COMMITTED", "REPEATABLE_READ"})
    void letsNoReaderSkipAnEvent(IsolationLevel isolation) {
        UnitOfWork reading = unitOfWork.with(o -> o.withIsolation(isolation));
        store.storeAll(EventStoreTests.placed(1, 2));
        try (OtherSession appender = new OtherSession(unitOfWork)) {
            appender.run(() -> store.store(placed(3)));
            store.storeAll(EventStoreTests.placed(4, 5));

            assertThat(reading.call(() -> store.fetch(0, 10)).nextPosition()).isEqualTo(2);
            appender.commit();
        }
        assertThat(reading.call(() -> store.fetch(2, 10)).events())
                .extracting(StoredEvent::position)
                .containsExactly(3L, 4L, 5L);
    }

    @Test
    void isAppendOnlyUntilAnOldPartitionIsTakenAway() {
        store.storeAll(EventStoreTests.placed(1, 5));

        assertThatThrownBy(() -> database.execute("DELETE FROM order_log")).hasStackTraceContaining("append-only");
        database.execute("""
                ALTER TABLE order_log DETACH PARTITION order_log_1;
                DELETE FROM order_log_keys WHERE position < 4
                """);
        assertThat(store.fetch(0, 10).events())
                .extracting(StoredEvent::position)
                .containsExactly(4L, 5L);
    }

    @Test
    void refusesEventsForWhichThereIsNoPartitionYet() {
        store.storeAll(EventStoreTests.placed(1, 9));

        assertThatThrownBy(() -> store.store(placed(10))).hasStackTraceContaining("no partition of relation");
        database.execute("CREATE TABLE order_log_10 PARTITION OF order_log FOR VALUES FROM (10) TO (100)");
        store.store(placed(10));
        assertThat(store.fetch(9, 10).events()).hasSize(1);
    }
}
