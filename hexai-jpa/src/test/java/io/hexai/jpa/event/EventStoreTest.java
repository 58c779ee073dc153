package io.hexai.jpa.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.persistence.EntityManager;
import java.util.List;
import java.util.stream.Stream;
import org.hibernate.Session;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is particular to the store in the database; what every store does is in the contract of hexai-jpa-test. */
class EventStoreTest extends EventStoreTests {
    @Nested
    class Storing {

        @ParameterizedTest
        @EnumSource
        void givesPositionsFromOneOn(PositionStrategy strategy) {
            EventStore anyStore = store(strategy);

            assertThat(anyStore.store(placed(1)).position()).isEqualTo(1);
            assertThat(anyStore.store(placed(2)).position()).isEqualTo(2);
            assertThat(anyStore.storeAll(placed(3, 5)))
                    .extracting(StoredEvent::position)
                    .containsExactly(3L, 4L, 5L);
            assertThat(payloads(anyStore.fetch(0, 10).events())).isEqualTo(placed(1, 5));
        }

        @Test
        void storesNothingWithoutADatabaseCall() {
            database.execute("ALTER TABLE hexai__events RENAME TO away");
            try {
                assertThat(store.storeAll(List.of())).isEmpty();
            } finally {
                database.execute("ALTER TABLE away RENAME TO hexai__events");
            }
        }

        @Test
        void leavesNothingInThePersistenceContext() {
            unitOfWork.run((EntityManager entityManager) -> {
                store.storeAll(placed(1, 50));
                store.fetch(0, 100);
                assertThat(entityManager.unwrap(Session.class).getStatistics().getEntityCount())
                        .isZero();
            });
        }

        @Test
        void storesALargeListInOrder() {
            List<StoredEvent> stored = store.storeAll(placed(1, 100_000));

            assertThat(stored).hasSize(100_000);
            assertThat(stored).extracting(StoredEvent::position).isSortedAccordingTo(Long::compare);
            try (Stream<StoredEvent> all = store.stream(0, 5_000)) {
                assertThat(all.map(StoredEvent::payload)).isEqualTo(placed(1, 100_000));
            }
        }

        @Test
        void refusesAMessageItHasAlready() {
            EventMessage message = EventMessage.of(placed(1));
            store.store(message);

            assertThatThrownBy(() -> store.storeAll(List.of(placed(2), message)))
                    .isInstanceOfSatisfying(
                            DuplicateMessageException.class,
                            e -> assertThat(e.messageId()).isEqualTo(message.id()))
                    .hasMessageContaining("hexai__events");
            assertThat(store.count(0)).isEqualTo(1);
        }

        @Test
        void saysWhichTableIsMissing() {
            database.execute("ALTER TABLE hexai__events RENAME TO away");
            try {
                assertThatThrownBy(() -> store.store(placed(1)))
                        .isInstanceOfSatisfying(
                                EventTableException.class,
                                e -> assertThat(e.relation()).isEqualTo("hexai__events"))
                        .hasMessageContaining("Migrations.runBuiltIn");
            } finally {
                database.execute("ALTER TABLE away RENAME TO hexai__events");
            }
        }
    }

    @Nested
    class Streaming {

        @Test
        void readsEverythingAcrossBatches() {
            store.storeAll(placed(1, 25));

            try (Stream<StoredEvent> all = store.stream(5, 10)) {
                assertThat(all.map(StoredEvent::payload).toList()).isEqualTo(placed(6, 25));
            }
            assertThat(database.borrowedConnections()).isZero();
        }

        @Test
        void givesItsConnectionBackWhenItIsClosedEarly() {
            store.storeAll(placed(1, 25));

            try (Stream<StoredEvent> all = store.stream(0, 5)) {
                assertThat(all.limit(7).map(StoredEvent::payload).toList()).isEqualTo(placed(1, 7));
            }
            assertThat(database.borrowedConnections()).isZero();
        }

        @Test
        void readsOnTheConnectionOfTheUnitOfWork() {
            store.storeAll(placed(1, 4));

            unitOfWork.run(() -> {
                store.store(placed(5));
                try (Stream<StoredEvent> all = store.stream(0, 2)) {
                    assertThat(all.map(StoredEvent::payload).toList()).isEqualTo(placed(1, 5));
                }
                assertThat(database.borrowedConnections()).isEqualTo(1);
            });
        }
    }
}
