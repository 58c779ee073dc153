package io.hexai.jpa.test.event;

import static io.hexai.jpa.test.event.EventStoreSituation.payloads;
import static io.hexai.jpa.test.event.EventStoreSituation.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.EventTypes;
import io.hexai.jpa.event.ExpectedVersion;
import io.hexai.jpa.event.StoredEvent;
import io.hexai.jpa.event.StreamId;
import io.hexai.jpa.test.InMemoryEventStore;
import io.hexai.jpa.test.StatementLog;
import io.hexai.jpa.test.event.ShelfEvent.BookPut;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.OptimisticLockException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class InMemoryEventStoreTest extends EventStoreContract {

    @Override
    EventStore storeOf(UnitOfWork unitOfWork, EventTypes types) {
        return InMemoryEventStore.builder()
                .types(types)
                .unitOfWork(unitOfWork)
                .drainAggregates()
                .build();
    }

    @Nested
    class WithoutAUnitOfWork {

        private final InMemoryEventStore alone = InMemoryEventStore.of(EventTypes.ofSealed(ShelfEvent.class));

        @Test
        void storesEachCallAtOnce() {
            assertThat(alone.store(put(1)).position()).isEqualTo(1);
            assertThat(alone.append(StreamId.of("shelf", "a"), ExpectedVersion.noStream(), List.of(put(2))))
                    .extracting(StoredEvent::position)
                    .containsExactly(2L);
            assertThat(payloads(alone.fetch(0, 10).events())).containsExactly(put(1), put(2));
        }

        @Test
        void isEmptyAgainAfterClear() {
            alone.storeAll(List.of(put(1), put(2)));

            alone.clear();

            assertThat(alone.fetch(0, 10).events()).isEmpty();
            assertThat(alone.store(put(3)).position()).isEqualTo(1);
        }

        @Test
        void cannotDrainAggregates() {
            assertThatThrownBy(
                            () -> InMemoryEventStore.builder().drainAggregates().build())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("unitOfWork(");
        }
    }

    @Nested
    class InAUnitOfWork {

        @Test
        void sendsNothingToTheDatabase(StatementLog log) {
            log.during(() -> unitOfWork.run(() -> {
                        store.store(put(1));
                        store.append(StreamId.of("shelf", "a"), ExpectedVersion.any(), List.of(put(2)));
                    }))
                    .assertNone();
            assertThat(store.count(0)).isEqualTo(2);
        }

        @Test
        void isNotClearedBeneathOpenTransactions() {
            InMemoryEventStore inMemory = (InMemoryEventStore) store;
            unitOfWork.run(() -> {
                store.store(put(1));
                assertThatThrownBy(inMemory::clear).isInstanceOf(IllegalStateException.class);
            });
            inMemory.clear();

            assertThat(store.lastPosition()).isZero();
        }

        @Test
        void holdsReadersBackInFrontOfARunningAppender() throws Exception {
            ExecutorService other = Executors.newSingleThreadExecutor();
            try {
                unitOfWork.run(() -> {
                    store.store(put(1));
                    other.submit(() -> store.store(put(2))).get();
                    assertThat(other.submit(() -> store.fetch(0, 10)).get().events())
                            .isEmpty();
                    assertThat(other.submit(() -> store.lastPosition()).get()).isZero();
                });
                assertThat(payloads(store.fetch(0, 10).events())).containsExactly(put(1), put(2));
            } finally {
                other.shutdown();
            }
        }

        @Test
        void refusesToWaitForItself() {
            StreamId stream = StreamId.of("shelf", "a");

            assertThatThrownBy(() -> unitOfWork.run(() -> {
                        store.append(stream, ExpectedVersion.any(), List.of(put(1)));
                        unitOfWork
                                .with(Propagation.NEW)
                                .run(() -> store.append(stream, ExpectedVersion.any(), List.of(put(2))));
                    }))
                    .isInstanceOf(OptimisticLockException.class)
                    .hasMessageContaining("deadlock");
        }

        @Test
        void endsADeadlockOfTwoThreads() throws Exception {
            StreamId a = StreamId.of("shelf", "a");
            StreamId b = StreamId.of("shelf", "b");
            ExecutorService other = Executors.newSingleThreadExecutor();
            try {
                CyclicBarrier bothHold = new CyclicBarrier(2);
                Future<Boolean> opposite = other.submit(() -> appendsBoth(b, a, bothHold));
                boolean succeeded = appendsBoth(a, b, bothHold);

                assertThat(opposite).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(!succeeded);
            } finally {
                other.shutdown();
            }
            assertThat(store.count(0)).isEqualTo(2);
        }

        private boolean appendsBoth(StreamId first, StreamId second, CyclicBarrier bothHold) throws Exception {
            try {
                unitOfWork.run(() -> {
                    store.append(first, ExpectedVersion.any(), List.of(put(1)));
                    bothHold.await();
                    store.append(second, ExpectedVersion.any(), List.of(put(2)));
                });
                return true;
            } catch (OptimisticLockException e) {
                return false;
            }
        }
    }

    /** Unlike a reference to the payload would. */
    @Test
    void readsACopyOfWhatWasStored() {
        BookPut given = put(1);
        store.store(given);

        assertThat(store.fetch(0, 1).events().get(0).payload()).isEqualTo(given).isNotSameAs(given);
    }
}
