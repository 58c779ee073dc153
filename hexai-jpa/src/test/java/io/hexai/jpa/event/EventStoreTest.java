package io.hexai.jpa.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.transaction.Propagation;
import jakarta.persistence.EntityManager;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.hibernate.Session;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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
        void returnsTheMessageThatWasGiven() {
            EventMessage message = EventMessage.of(placed(1)).withHeader("tenant", "acme");

            StoredEvent stored = store.store(message);

            assertThat(stored.message()).isSameAs(message);
            assertThat(stored.streamId()).isNull();
            assertThat(store.fetch(0, 1).events()).containsExactly(stored);
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
        void joinsTheUnitOfWork() {
            unitOfWork.run(() -> {
                store.store(placed(1));
                assertThat(payloads(store.fetch(0, 10).events())).containsExactly(placed(1));
                unitOfWork.current().preventCommit();
            });

            assertThat(store.fetch(0, 10).events()).isEmpty();
        }

        @ParameterizedTest
        @EnumSource
        void losesWhatANestedScopeStoredThatRolledBack(PositionStrategy strategy) {
            EventStore anyStore = store(strategy);
            unitOfWork.run(() -> {
                anyStore.store(placed(1));
                assertThatThrownBy(() -> unitOfWork.with(Propagation.NESTED).run(() -> {
                            anyStore.store(placed(2));
                            throw new IllegalArgumentException("refused");
                        }))
                        .isInstanceOf(IllegalArgumentException.class);
                anyStore.store(placed(3));
            });

            assertThat(payloads(anyStore.fetch(0, 10).events())).containsExactly(placed(1), placed(3));
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
        void storesAllOrNothing() {
            List<Object> events = new ArrayList<>(placed(1, 30_000));
            events.add("not an event");

            assertThatThrownBy(() -> store.storeAll(events)).isInstanceOf(IllegalArgumentException.class);
            assertThat(store.count(0)).isZero();
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
        void refusesAMessageTwiceInANestedScopeAndGoesOn() {
            EventMessage message = EventMessage.of(placed(1));
            store.store(message);

            unitOfWork.run(() -> {
                assertThatThrownBy(() -> unitOfWork.with(Propagation.NESTED).run(() -> store.store(message)))
                        .isInstanceOf(DuplicateMessageException.class);
                store.store(placed(2));
            });

            assertThat(payloads(store.fetch(0, 10).events())).containsExactly(placed(1), placed(2));
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
    class Fetching {

        @Test
        void readsPageByPage() {
            store.storeAll(placed(1, 5));

            EventPage first = store.fetch(0, 3);
            EventPage second = store.fetch(first.nextPosition(), 3);

            assertThat(payloads(first.events())).isEqualTo(placed(1, 3));
            assertThat(first.nextPosition()).isEqualTo(3);
            assertThat(first.lastPosition()).isEqualTo(5);
            assertThat(first.isLast()).isFalse();
            assertThat(payloads(second.events())).isEqualTo(placed(4, 5));
            assertThat(second.isLast()).isTrue();
            assertThat(store.fetch(second.nextPosition(), 3).events()).isEmpty();
        }

        @Test
        void findsAnEmptyStoreEmpty() {
            EventPage page = store.fetch(0, 10);

            assertThat(page.events()).isEmpty();
            assertThat(page.nextPosition()).isZero();
            assertThat(page.lastPosition()).isZero();
            assertThat(page.isLast()).isTrue();
            assertThat(store.lastPosition()).isZero();
            assertThat(store.count(0)).isZero();
        }

        @Test
        void keepsAPositionBeyondTheEnd() {
            store.storeAll(placed(1, 2));

            EventPage page = store.fetch(70, 10);

            assertThat(page.events()).isEmpty();
            assertThat(page.nextPosition()).isEqualTo(70);
            assertThat(page.isLast()).isTrue();
        }

        @Test
        void refusesImpossibleArguments() {
            assertThatThrownBy(() -> store.fetch(-1, 10)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> store.fetch(0, 0)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> store.stream(0, 0)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> store.stream(-1, 1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> store.count(-1)).isInstanceOf(IllegalArgumentException.class);
        }

        @Test
        void countsWhatIsLeft() {
            store.storeAll(placed(1, 5));

            assertThat(store.count(0)).isEqualTo(5);
            assertThat(store.count(3)).isEqualTo(2);
            assertThat(store.count(9)).isZero();
            assertThat(store.lastPosition()).isEqualTo(5);
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
        void endsWhereTheStoreEndedWhenItBegan() {
            store.storeAll(placed(1, 4));

            try (Stream<StoredEvent> all = store.stream(0, 2)) {
                List<Object> seen = Collections.synchronizedList(new ArrayList<>());
                all.forEach(event -> {
                    seen.add(event.payload());
                    store.store(placed(100));
                });
                assertThat(seen).isEqualTo(placed(1, 4));
            }
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
