package io.hexai.jpa.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.transaction.IsolationLevel;
import io.hexai.jpa.transaction.Propagation;
import jakarta.persistence.EntityManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class NoSkipReadingTest extends EventStoreTests {
    private static void storeEach(int from, int to) {
        IntStream.rangeClosed(from, to).forEach(number -> store.store(placed(number)));
    }

    private static void leaveGap() {
        unitOfWork.run(() -> {
            store.store(placed(-1));
            unitOfWork.current().preventCommit();
        });
    }

    @Nested
    class BesideARunningAppender {

        @Test
        void stopsInFrontOfItsFirstPosition() {
            storeEach(1, 2);
            try (OtherSession appender = new OtherSession(unitOfWork)) {
                appender.run(() -> store.store(placed(3)));
                storeEach(4, 5);

                EventPage page = store.fetch(0, 10);

                assertThat(positions(page)).containsExactly(1L, 2L);
                assertThat(page.nextPosition()).isEqualTo(2);
                assertThat(page.lastPosition()).isEqualTo(2);
                assertThat(page.isLast()).isTrue();
                assertThat(store.lastPosition()).isEqualTo(2);
                assertThat(store.count(0)).isEqualTo(2);
                try (Stream<StoredEvent> all = store.stream(0, 10)) {
                    assertThat(all).hasSize(2);
                }
                appender.commit();
            }
            assertThat(positions(store.fetch(2, 10))).containsExactly(3L, 4L, 5L);
        }

        @Test
        void passesItsGapOnceItHasRolledBack() {
            storeEach(1, 1);
            try (OtherSession appender = new OtherSession(unitOfWork)) {
                appender.run(() -> store.store(placed(2)));
                storeEach(3, 3);
                assertThat(positions(store.fetch(1, 10))).isEmpty();

                appender.rollback();
            }
            assertThat(positions(store.fetch(1, 10))).containsExactly(3L);
        }

        @Test
        void passesTheGapOfANestedScopeWhileItsTransactionGoesOn() {
            try (OtherSession appender = new OtherSession(unitOfWork)) {
                appender.run(() -> unitOfWork.with(Propagation.NESTED).run(() -> {
                    store.store(placed(1));
                    unitOfWork.current().preventCommit();
                }));
                storeEach(2, 2);

                assertThat(positions(store.fetch(0, 10))).containsExactly(2L);
            }
        }

        @Test
        void isHeldByANestedScopeThatSucceeded() {
            try (OtherSession appender = new OtherSession(unitOfWork)) {
                appender.run(() -> unitOfWork.with(Propagation.NESTED).run(() -> store.store(placed(1))));
                storeEach(2, 2);

                assertThat(positions(store.fetch(0, 10))).isEmpty();
                appender.commit();
            }
            assertThat(positions(store.fetch(0, 10))).containsExactly(1L, 2L);
        }

        @Test
        void isHeldByWhatItAppendedBeforeANestedRollback() {
            try (OtherSession appender = new OtherSession(unitOfWork)) {
                appender.run(() -> store.store(placed(1)));
                storeEach(2, 2);
                appender.run(() -> unitOfWork.with(Propagation.NESTED).run(() -> {
                    store.store(placed(3));
                    unitOfWork.current().preventCommit();
                }));
                storeEach(4, 4);
                appender.run(() -> store.store(placed(5)));

                assertThat(positions(store.fetch(0, 10))).isEmpty();
                appender.commit();
            }
            assertThat(positions(store.fetch(0, 10))).containsExactly(1L, 2L, 4L, 5L);
        }

        @Test
        void isNotHeldAtGapsThatAreOlderThanTheAppender() {
            for (int i = 0; i < 3; i++) {
                storeEach(1, 1);
                leaveGap();
            }
            try (OtherSession appender = new OtherSession(unitOfWork)) {
                appender.run(() -> store.store(placed(7)));

                assertThat(positions(store.fetch(0, 10))).containsExactly(1L, 3L, 5L);
            }
        }

        @Test
        void waitsForTheVeryFirstPositionOfASequence() {
            try (OtherSession appender = new OtherSession(unitOfWork)) {
                appender.run(() -> store.store(placed(1)));
                assertThat(store.lastPosition()).isZero();
                storeEach(2, 2);

                assertThat(positions(store.fetch(0, 10))).isEmpty();
                appender.commit();
            }
            assertThat(positions(store.fetch(0, 10))).containsExactly(1L, 2L);
        }

        @ParameterizedTest
        @ValueSource(longs = {1L << 31, (1L << 40) - 1, (1L << 40) + 3, (1L << 62) + 12345})
        void readsHoweverFarThePositionsHaveCome(long last) {
            database.select("SELECT setval('hexai__events_position_seq', " + last + ")");
            storeEach(1, 1);
            try (OtherSession appender = new OtherSession(unitOfWork)) {
                appender.run(() -> store.store(placed(2)));
                storeEach(3, 3);

                assertThat(positions(store.fetch(0, 10))).containsExactly(last + 1);
                appender.commit();
            }
            assertThat(positions(store.fetch(0, 10))).containsExactly(last + 1, last + 2, last + 3);
        }
    }

    @Nested
    class BesideOthers {

        @Test
        void isNotHeldByATransactionThatAppendsNothing() {
            try (OtherSession unrelated = new OtherSession(unitOfWork)) {
                unrelated.run(() -> unitOfWork
                        .entityManager()
                        .createNativeQuery("CREATE TABLE unrelated AS SELECT pg_current_xact_id() AS id")
                        .executeUpdate());
                storeEach(1, 2);

                assertThat(positions(store.fetch(0, 10))).containsExactly(1L, 2L);
            }
        }

        @Test
        void isNotHeldByAnAppenderToAnotherStore() {
            EventStore other = EventStore.builder(unitOfWork)
                    .types(EventTypes.ofSealed(OrderEvent.class))
                    .entity(OtherContextEvent.class)
                    .build();
            try (OtherSession appender = new OtherSession(unitOfWork)) {
                appender.run(() -> other.store(placed(1)));
                storeEach(1, 3);

                assertThat(positions(store.fetch(0, 10))).containsExactly(1L, 2L, 3L);
                assertThat(positions(other.fetch(0, 10))).isEmpty();
            }
        }

        @Test
        void isNotHeldByForeignAdvisoryLocks() {
            try (OtherSession foreign = new OtherSession(unitOfWork)) {
                foreign.run(() -> unitOfWork.run((EntityManager em) -> em.createNativeQuery(
                                "SELECT pg_advisory_xact_lock_shared(1)::text, pg_advisory_xact_lock_shared(1, 1)::text,"
                                        + " pg_advisory_xact_lock(77777777777777)::text")
                        .getResultList()));
                storeEach(1, 3);

                assertThat(positions(store.fetch(0, 10))).containsExactly(1L, 2L, 3L);
            }
        }

        @Test
        void isNotHeldByAnAppendThatFoundItsStreamChanged() {
            StreamId stream = StreamId.of("order", "1");
            store.append(stream, ExpectedVersion.noStream(), List.of(placed(1)));
            try (OtherSession loser = new OtherSession(unitOfWork)) {
                loser.run(() -> assertThatThrownBy(
                                () -> store.append(stream, ExpectedVersion.noStream(), List.of(placed(1))))
                        .isInstanceOf(VersionConflictException.class));
                storeEach(2, 2);

                assertThat(positions(store.fetch(0, 10))).containsExactly(1L, 2L);
            }
        }

        @Test
        void doesNotWaitForPositionsThatACrashSkipped() {
            storeEach(1, 2);
            database.select("SELECT setval('hexai__events_position_seq', 34)");

            EventPage page = store.fetch(0, 10);
            assertThat(page.nextPosition()).isEqualTo(2);
            assertThat(page.lastPosition()).isEqualTo(2);
            assertThat(page.isLast()).isTrue();
            storeEach(3, 3);
            assertThat(positions(store.fetch(page.nextPosition(), 10))).containsExactly(35L);
        }

        @Test
        void takesFewLocksForManyAppends() {
            try (OtherSession appender = new OtherSession(unitOfWork)) {
                appender.run(() -> {
                    storeEach(1, 2_000);
                    unitOfWork.with(Propagation.NESTED).run(() -> storeEach(2_001, 2_500));
                });

                assertThat(database.select("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
                                + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"))
                        .containsExactly(1L);
            }
        }
    }

    @Nested
    class InsideAUnitOfWork {

        @Test
        void seesItsOwnEventsBehindARunningAppenderButDoesNotPassIt() {
            storeEach(1, 1);
            try (OtherSession appender = new OtherSession(unitOfWork)) {
                appender.run(() -> store.store(placed(2)));
                storeEach(3, 3);
                unitOfWork.run(() -> {
                    store.store(placed(4));
                    unitOfWork.with(Propagation.NESTED).run(() -> store.store(placed(5)));
                    unitOfWork.with(Propagation.NESTED).run(() -> {
                        store.store(placed(6));
                        unitOfWork.current().preventCommit();
                    });

                    EventPage page = store.fetch(0, 10);

                    assertThat(positions(page)).containsExactly(1L, 4L, 5L);
                    assertThat(page.nextPosition()).isEqualTo(1);
                    assertThat(page.isLast()).isTrue();
                    assertThat(positions(store.fetch(0, 2))).containsExactly(1L, 4L);
                    assertThat(store.count(0)).isEqualTo(3);
                    try (Stream<StoredEvent> all = store.stream(0, 1)) {
                        assertThat(all.map(StoredEvent::position)).containsExactly(1L, 4L, 5L);
                    }
                });
                appender.commit();
            }
            assertThat(positions(store.fetch(1, 10))).containsExactly(2L, 3L, 4L, 5L);
        }

        @ParameterizedTest
        @EnumSource(names = {"REPEATABLE_READ", "SERIALIZABLE"})
        void doesNotPassAnEventThatItsSnapshotIsTooOldFor(IsolationLevel isolation) {
            storeEach(1, 1);
            leaveGap();
            storeEach(3, 3);
            try (OtherSession appender = new OtherSession(unitOfWork)) {
                appender.run(() -> store.store(placed(4)));
                storeEach(5, 5);
                try (OtherSession reader = new OtherSession(unitOfWork.with(o -> o.withIsolation(isolation)))) {
                    reader.run(() -> unitOfWork
                            .entityManager()
                            .createNativeQuery("SELECT count(*) FROM hexai__events")
                            .getSingleResult());
                    appender.commit();
                    storeEach(6, 6);

                    EventPage page = reader.call(() -> store.fetch(0, 10));

                    assertThat(positions(page)).containsExactly(1L, 3L);
                    assertThat(page.nextPosition()).isEqualTo(3);
                    assertThat(reader.call(() -> store.lastPosition())).isEqualTo(3);
                    assertThat(reader.call(() -> store.fetch(3, 10)).events()).isEmpty();
                }
            }
            assertThat(positions(store.fetch(3, 10))).containsExactly(4L, 5L, 6L);
        }

        @ParameterizedTest
        @EnumSource(names = {"REPEATABLE_READ", "SERIALIZABLE"})
        void passesDeadGapsAndSeesItsOwnEventsUnderAnyIsolation(IsolationLevel isolation) {
            storeEach(1, 1);
            leaveGap();
            storeEach(3, 3);

            unitOfWork.with(o -> o.withIsolation(isolation)).run(() -> {
                assertThat(positions(store.fetch(0, 10))).containsExactly(1L, 3L);
                store.store(placed(4));
                assertThat(positions(store.fetch(0, 10))).containsExactly(1L, 3L, 4L);
                assertThat(positions(store.fetch(3, 10))).containsExactly(4L);
                store.store(placed(5));
                try (Stream<StoredEvent> all = store.stream(1, 1)) {
                    assertThat(all.map(StoredEvent::position)).containsExactly(3L, 4L, 5L);
                }
                assertThat(store.count(0)).isEqualTo(4);
            });
            assertThat(positions(store.fetch(0, 10))).containsExactly(1L, 3L, 4L, 5L);
        }

        @Test
        void needsNoSecondConnectionUnderRepeatableReadWithoutAGap() {
            storeEach(1, 3);

            unitOfWork
                    .with(o -> o.withIsolation(IsolationLevel.REPEATABLE_READ))
                    .run(() -> {
                        assertThat(positions(store.fetch(1, 10))).containsExactly(2L, 3L);
                        assertThat(database.borrowedConnections()).isEqualTo(1);
                    });
        }
    }

    @Nested
    class WithACounter {

        @Test
        void makesAppendersWaitForEachOtherAndLeavesNoGap() {
            EventStore counting = store(PositionStrategy.COUNTER);
            try (OtherSession first = new OtherSession(unitOfWork);
                    OtherSession second = new OtherSession(unitOfWork)) {
                first.run(() -> counting.store(placed(1)));
                Future<StoredEvent> waiting = second.start(() -> counting.store(placed(2)));
                Awaitility.await()
                        .until(() -> database.select(
                                                "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")
                                        .size()
                                == 1);
                assertThat(counting.fetch(0, 10).events()).isEmpty();
                assertThat(waiting).isNotDone();

                first.rollback();
                assertThat(waiting)
                        .succeedsWithin(Duration.ofSeconds(30))
                        .extracting(StoredEvent::position)
                        .isEqualTo(1L);
                second.commit();
            }
            assertThat(positions(counting.fetch(0, 10))).containsExactly(1L);
        }

        @Test
        void saysThatItsCounterIsMissing() {
            EventStore counting = store(PositionStrategy.COUNTER);
            database.execute("DELETE FROM hexai__event_position_counter");
            assertThatThrownBy(() -> counting.store(placed(1)))
                    .isInstanceOf(EventTableException.class)
                    .hasMessageContaining("hexai__event_position_counter has no row");

            database.execute("ALTER TABLE hexai__event_position_counter RENAME TO away");
            try {
                assertThatThrownBy(() -> counting.store(placed(1)))
                        .isInstanceOf(EventTableException.class)
                        .hasMessageContaining("hexai__event_position_counter")
                        .hasRootCauseInstanceOf(SQLException.class);
            } finally {
                database.execute("ALTER TABLE away RENAME TO hexai__event_position_counter");
            }
        }
    }
}
