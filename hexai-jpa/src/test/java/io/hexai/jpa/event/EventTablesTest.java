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
import org.hibernate.SessionFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

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
        @ValueSource(classes = {QuotedEvent.class, BillingEvent.class})
        void mayHaveNamesThatNeedQuotesAndSchemas(Class<? extends EventEntity> entity) {
            for (PositionStrategy strategy : PositionStrategy.values()) {
                EventPositions.of(unitOfWork, entity).moveTo(strategy);
                EventStore quoted =
                        builder().entity(entity).positionStrategy(strategy).build();
                long before = quoted.lastPosition();
                EventMessage message = EventMessage.of(placed(1));
                StreamId stream = StreamId.of("quoted", strategy.name());

                quoted.store(message);
                quoted.append(stream, ExpectedVersion.noStream(), List.of(placed(2)));

                assertThat(payloads(quoted.fetch(before, 10).events())).isEqualTo(placed(1, 2));
                assertThatThrownBy(() -> quoted.store(message)).isInstanceOf(DuplicateMessageException.class);
                assertThatThrownBy(() -> quoted.append(stream, ExpectedVersion.noStream(), List.of(placed(2))))
                        .isInstanceOf(VersionConflictException.class);
            }
        }

        @Test
        void liesInTheDefaultSchemaOfTheFactory() {
            try (SessionFactory inBilling = database.newFactory("billing")) {
                UnitOfWork billing = UnitOfWork.of(inBilling);
                EventStore billingStore = EventStore.builder(billing)
                        .types(EventTypes.ofSealed(OrderEvent.class))
                        .build();

                billingStore.store(placed(1));

                assertThat(payloads(billingStore.fetch(0, 10).events())).containsExactly(placed(1));
                EventPositions.of(billing).moveTo(PositionStrategy.COUNTER);
                assertThat(database.select("SELECT last_position FROM billing.hexai__event_position_counter"))
                        .containsExactly(1L);
            }
            assertThat(store.count(0)).isZero();
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
