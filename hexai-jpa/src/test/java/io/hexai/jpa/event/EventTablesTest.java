package io.hexai.jpa.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.event.OrderEvent.OrderPaid;
import io.hexai.jpa.event.OrderEvent.OrderPlaced;
import io.hexai.jpa.transaction.TransactionOptions;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.EntityManager;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EventTablesTest extends EventStoreTests {
    private static OrderPaid paid(int number) {
        return new OrderPaid("order-" + number, BigDecimal.TEN, Instant.EPOCH, OrderEvent.Method.CARD);
    }

    @Nested
    class OwnTables {

        @Test
        void areFilledInOneUnitOfWork() {
            EventStore other = builder().entity(OtherContextEvent.class).build();

            unitOfWork.run(() -> {
                store.store(placed(1));
                long before = other.lastPosition();
                assertThat(other.store(placed(2)).position()).isGreaterThan(before);
                unitOfWork.current().preventCommit();
            });
            assertThat(store.count(0) + other.count(0)).isZero();

            unitOfWork.run(() -> {
                store.store(placed(1));
                other.append(StreamId.of("order", "2"), ExpectedVersion.noStream(), List.of(placed(2)));
            });
            assertThat(store.fetch(0, 10).events())
                    .extracting(StoredEvent::payload)
                    .containsExactly(placed(1));
            assertThat(other.readStream(StreamId.of("order", "2")))
                    .extracting(StoredEvent::payload)
                    .containsExactly(placed(2));
        }

        @ParameterizedTest
        @EnumSource
        void mayHaveNamesThatNeedQuotes(PositionStrategy strategy) {
            EventStore quoted = builder()
                    .entity(QuotedEvent.class)
                    .positionStrategy(strategy)
                    .build();
            long before = quoted.lastPosition();
            EventMessage message = EventMessage.of(placed(1));

            quoted.store(message);
            quoted.append(StreamId.of("quoted", strategy.name()), ExpectedVersion.noStream(), List.of(placed(2)));

            assertThat(quoted.fetch(before, 10).events())
                    .extracting(StoredEvent::payload)
                    .containsExactly(placed(1), placed(2));
            assertThatThrownBy(() -> quoted.store(message)).isInstanceOf(DuplicateMessageException.class);
            // The counter and the sequence of one table are two ways of which a table has one.
            database.execute("UPDATE \"My-Events 'X'_position_counter\" SET last_position ="
                    + " (SELECT max(position) FROM \"My-Events 'X'\");"
                    + " SELECT setval('\"My-Events ''X''_position_seq\"', max(position)) FROM \"My-Events 'X'\"");
        }

        @Test
        void canBeQueriedByJpql() {
            store.store(EventMessage.of(placed(1)).withHeader("tenant", "acme"));

            HexaiEvent event = unitOfWork.call((EntityManager entityManager) -> entityManager
                    .createQuery("from HexaiEvent e where e.messageType = 'order.order-placed'", HexaiEvent.class)
                    .getSingleResult());

            assertThat(event.getPosition()).isEqualTo(1);
            assertThat(event.getPayload()).contains("\"orderId\": \"order-1\"");
            assertThat(event.getHeaders()).contains("acme");
            assertThat(event.getCreatedAt()).isNotNull();
            assertThat(event.getStreamId()).isNull();
            assertThat(event.getStreamVersion()).isNull();
        }

        @Test
        void areAppendOnlyForJpaAndSql() {
            store.store(placed(1));

            assertThatThrownBy(() -> unitOfWork.run(
                            entityManager -> entityManager.remove(entityManager.find(HexaiEvent.class, 1L))))
                    .hasMessageContaining("append-only");
            assertThatThrownBy(() -> database.execute("UPDATE hexai__events SET payload = '{}'"))
                    .hasStackTraceContaining("append-only");
            assertThat(store.count(0)).isEqualTo(1);
        }
    }

    @Nested
    class Filtering {

        @BeforeEach
        void fill() {
            store.store(placed(1));
            store.append(StreamId.of("order", "1"), ExpectedVersion.any(), List.of(placed(2), paid(3)));
            store.append(StreamId.of("invoice", "1"), ExpectedVersion.any(), List.of(paid(4), placed(5)));
            store.store(paid(6));
        }

        @Test
        void selectsTypes() {
            EventFilter paidOnly = EventFilter.types(OrderPaid.class);

            assertThat(positions(store.fetch(0, 10, paidOnly))).containsExactly(3L, 4L, 6L);
            assertThat(positions(store.fetch(0, 10, EventFilter.typeNames("order.order-paid", "order.order-placed"))))
                    .containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
            assertThat(store.count(3, paidOnly)).isEqualTo(2);
            try (Stream<StoredEvent> all = store.stream(0, 2, paidOnly)) {
                assertThat(all.map(StoredEvent::position)).containsExactly(3L, 4L, 6L);
            }
        }

        @Test
        void selectsCategories() {
            assertThat(positions(store.fetch(0, 10, EventFilter.categories("order"))))
                    .containsExactly(2L, 3L);
            assertThat(positions(store.fetch(0, 10, EventFilter.categories("order", "invoice"))))
                    .containsExactly(2L, 3L, 4L, 5L);
            assertThat(store.count(0, EventFilter.categories("order"))).isEqualTo(2);
        }

        @Test
        void selectsBoth() {
            EventFilter both = EventFilter.types(OrderPaid.class).withCategories("order", "invoice");

            assertThat(positions(store.fetch(0, 10, both))).containsExactly(3L, 4L);
            assertThat(store.count(0, both)).isEqualTo(2);
            assertThat(store.fetch(0, 10).events()).filteredOn(both::matches).hasSize(2);
        }

        @Test
        void passesWhatItDoesNotSelect() {
            EventFilter invoices = EventFilter.categories("invoice").withCategories("invoice");

            EventPage first = store.fetch(0, 1, invoices);
            EventPage second = store.fetch(first.nextPosition(), 10, invoices);

            assertThat(first.nextPosition()).isEqualTo(4);
            assertThat(first.isLast()).isFalse();
            assertThat(positions(second)).containsExactly(5L);
            assertThat(second.nextPosition()).isEqualTo(6);
            assertThat(second.isLast()).isTrue();
        }

        @Test
        void seesTheUnitOfWorksOwnEvents() {
            try (OtherSession appender = new OtherSession(unitOfWork)) {
                appender.run(() -> store.store(placed(7)));
                unitOfWork.run(() -> {
                    store.append(StreamId.of("order", "1"), ExpectedVersion.any(), List.of(placed(8), paid(9)));

                    EventFilter filter = EventFilter.types(OrderPaid.class).withCategories("order");
                    assertThat(positions(store.fetch(0, 10, filter))).containsExactly(3L, 9L);
                    assertThat(store.count(0, filter)).isEqualTo(2);
                });
            }
        }

        @Test
        void refusesToSelectNothing() {
            assertThatThrownBy(() -> EventFilter.types()).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> EventFilter.categories()).isInstanceOf(IllegalArgumentException.class);
        }

        @Test
        void searchesAnIndexForTypesAndCategories() {
            database.execute(
                    "INSERT INTO hexai__events (position, message_type, headers, payload, stream_id, stream_version)"
                            + " SELECT g + 1000, 'bulk', '{}', '{}', 'bulk-1', g FROM generate_series(1, 20000) g; ANALYZE hexai__events");

            assertThat(database.select(
                            "EXPLAIN SELECT position FROM hexai__events e WHERE message_type = 'order.order-paid'"
                                    + " AND position > 0 AND position <= 9999 ORDER BY position LIMIT 100"))
                    .anyMatch(line -> line.toString().contains("hexai__events_message_type_idx"));
            assertThat(database.select("EXPLAIN SELECT position FROM hexai__events e WHERE stream_id IS NOT NULL AND"
                            + " split_part(stream_id, '-', 1) = 'order' AND position > 0 AND position <= 9999"
                            + " ORDER BY position LIMIT 100"))
                    .anyMatch(line -> line.toString().contains("hexai__events_category_idx"));
        }
    }

    @Nested
    class BesideTheTypeScriptLibrary {

        private final EventStore counting =
                builder().positionStrategy(PositionStrategy.COUNTER).build();

        private static void appendAsTypeScriptDoes(String id) {
            database.execute("BEGIN; UPDATE hexai__event_position_counter SET last_position = last_position + 1;"
                    + " INSERT INTO hexai__events (position, message_type, headers, payload) SELECT last_position,"
                    + " 'order.order-placed', '{\"id\": \"" + id + "\", \"type\": \"order.order-placed\","
                    + " \"createdAt\": \"2026-11-22T10:11:12.345Z\", \"intent\": \"event\","
                    + " \"causation\": {\"id\": \"c\", \"type\": \"t\"}}', '{\"orderId\": \"o\", \"customerId\": \"c\"}'"
                    + " FROM hexai__event_position_counter; COMMIT");
        }

        @Test
        void continuesItsPositionsAndReadsItsMessages() {
            appendAsTypeScriptDoes("ts-1");
            counting.store(placed(2));
            appendAsTypeScriptDoes("ts-3");

            EventPage page = counting.fetch(0, 10);

            assertThat(positions(page)).containsExactly(1L, 2L, 3L);
            EventMessage message = page.events().get(2).message();
            assertThat(message.id()).isEqualTo("ts-3");
            assertThat(message.createdAt()).isEqualTo(Instant.parse("2026-11-22T10:11:12.345Z"));
            assertThat(message.causation()).isEqualTo(new MessageTrace("c", "t"));
            assertThat(page.events().get(2).payload()).isEqualTo(new OrderPlaced("o", "c"));
        }

        @Test
        void movesToASequenceAndBack() {
            counting.storeAll(List.of(placed(1), placed(2)));
            database.execute("BEGIN; LOCK TABLE hexai__events IN SHARE ROW EXCLUSIVE MODE;"
                    + " SELECT setval('hexai__events_position_seq', max(position)) FROM hexai__events; COMMIT");
            store.storeAll(List.of(placed(3), placed(4)));
            assertThat(positions(store.fetch(0, 10))).containsExactly(1L, 2L, 3L, 4L);

            database.execute("BEGIN; LOCK TABLE hexai__events IN SHARE ROW EXCLUSIVE MODE;"
                    + " UPDATE hexai__event_position_counter SET last_position = (SELECT max(position) FROM hexai__events);"
                    + " COMMIT");
            counting.store(placed(5));
            assertThat(positions(counting.fetch(0, 10))).containsExactly(1L, 2L, 3L, 4L, 5L);
        }
    }

    @Nested
    class InOptimisticMode {

        private final UnitOfWork optimistic = unitOfWork.with(TransactionOptions.optimistic());

        @Test
        void readingHoldsNoConnection() {
            store.storeAll(List.of(placed(1), placed(2)));

            optimistic.run(() -> {
                assertThat(positions(store.fetch(0, 10))).containsExactly(1L, 2L);
                assertThat(positions(store.fetch(0, 10, EventFilter.types(OrderPlaced.class))))
                        .hasSize(2);
                assertThat(store.lastPosition()).isEqualTo(2);
                assertThat(database.borrowedConnections()).isZero();
            });
        }

        @ParameterizedTest
        @EnumSource
        void appendingBeginsTheTransaction(PositionStrategy strategy) {
            EventStore anyStore = builder().positionStrategy(strategy).build();

            optimistic.run(() -> {
                anyStore.store(placed(1));
                anyStore.append(StreamId.of("order", "1"), ExpectedVersion.noStream(), List.of(placed(2)));
                assertThat(database.select("SELECT count(*) FROM hexai__events"))
                        .containsExactly(0L);
                assertThat(positions(anyStore.fetch(0, 10))).containsExactly(1L, 2L);
            });

            assertThat(positions(anyStore.fetch(0, 10))).containsExactly(1L, 2L);
        }
    }
}
