package io.hexai.jpa.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.transaction.RetryPolicy;
import jakarta.persistence.PersistenceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EventPositionsTest extends EventStoreTests {

    private final EventStore drawing = store(PositionStrategy.SEQUENCE);
    private final EventStore counting = store(PositionStrategy.COUNTER);
    private final EventPositions positions = EventPositions.of(unitOfWork);

    @AfterEach
    void moveHome() {
        positions.moveTo(PositionStrategy.SEQUENCE);
    }

    @Nested
    class Moving {

        @Test
        void goesOnAfterTheLastPosition() {
            drawing.storeAll(placed(1, 2));
            positions.moveTo(PositionStrategy.COUNTER);
            assertThat(counting.storeAll(placed(3, 4)))
                    .extracting(StoredEvent::position)
                    .containsExactly(3L, 4L);
            assertThat(payloads(counting.fetch(0, 10).events())).isEqualTo(placed(1, 4));

            positions.moveTo(PositionStrategy.SEQUENCE);
            assertThat(drawing.storeAll(placed(5, 6)))
                    .extracting(StoredEvent::position)
                    .containsExactly(5L, 6L);
            assertThat(payloads(drawing.fetch(0, 10).events())).isEqualTo(placed(1, 6));
        }

        @Test
        void startsAnEmptyStoreFromOne() {
            positions.moveTo(PositionStrategy.COUNTER);
            positions.moveTo(PositionStrategy.COUNTER);

            assertThat(counting.store(placed(1)).position()).isEqualTo(1);
        }

        @ParameterizedTest
        @EnumSource
        void doesNothingTheSecondTime(PositionStrategy strategy) {
            EventStore moved = store(strategy);
            positions.moveTo(strategy);
            long before = moved.store(placed(1)).position();

            positions.moveTo(strategy);

            assertThat(moved.store(placed(2)).position()).isEqualTo(before + 1);
        }

        @Test
        void goesBeyondDrawnPositionsThatWereRolledBack() {
            drawing.store(placed(1));
            unitOfWork.run(() -> {
                drawing.store(placed(-1));
                unitOfWork.current().preventCommit();
            });

            positions.moveTo(PositionStrategy.COUNTER);

            assertThat(counting.store(placed(2)).position()).isEqualTo(3);
        }

        @Test
        void takesTheNameOfATableThatNeedsQuotes() {
            EventPositions quoted = EventPositions.of(unitOfWork, QuotedEvent.class);
            EventStore quotedStore = builder()
                    .entity(QuotedEvent.class)
                    .positionStrategy(PositionStrategy.COUNTER)
                    .build();

            quoted.moveTo(PositionStrategy.COUNTER);
            long position = quotedStore.store(placed(1)).position();
            quoted.moveTo(PositionStrategy.SEQUENCE);

            EventStore back = builder().entity(QuotedEvent.class).build();
            assertThat(back.store(placed(2)).position()).isGreaterThan(position);
        }
    }

    @Nested
    class ProgramsOfTheOtherStrategy {

        @Test
        void cannotDrawAfterTheMoveToACounter() {
            drawing.storeAll(placed(1, 2));
            positions.moveTo(PositionStrategy.COUNTER);
            counting.store(placed(3));

            assertThatThrownBy(() -> drawing.store(placed(4)))
                    .isInstanceOf(EventTableException.class)
                    .hasMessageContainingAll("hexai__events", "SEQUENCE", "EventPositions");
            assertThatThrownBy(() ->
                            drawing.append(StreamId.of("order", "1"), ExpectedVersion.noStream(), List.of(placed(4))))
                    .isInstanceOf(EventTableException.class);
            EventPage page = drawing.fetch(0, 10);
            assertThat(payloads(page.events())).isEqualTo(placed(1, 2));
            assertThat(page.nextPosition()).isEqualTo(2);
        }

        @Test
        void cannotCountAfterTheMoveToASequence() {
            positions.moveTo(PositionStrategy.SEQUENCE);
            drawing.store(placed(1));

            assertThatThrownBy(() -> counting.store(placed(2)))
                    .isInstanceOf(EventTableException.class)
                    .hasMessageContainingAll("hexai__event_position_counter", "EventPositions");
            assertThatThrownBy(() -> counting.fetch(0, 10)).isInstanceOf(EventTableException.class);
            assertThatThrownBy(counting::lastPosition).isInstanceOf(EventTableException.class);
        }

        @Test
        void areToldIfTheyWriteSideBySide() {
            drawing.store(placed(1));

            assertThatThrownBy(() -> counting.store(placed(2)))
                    .isInstanceOf(EventTableException.class)
                    .hasMessageContainingAll("hexai__events", "COUNTER");
        }
    }

    @Nested
    class RunningAppenders {

        private final ExecutorService threads = Executors.newCachedThreadPool();

        @AfterEach
        void endThreads() {
            threads.shutdownNow();
        }

        @Test
        void areWaitedFor() {
            try (OtherSession appender = new OtherSession(unitOfWork)) {
                appender.run(() -> drawing.store(placed(1)));
                Future<?> moving = threads.submit(() -> positions.moveTo(PositionStrategy.COUNTER));
                appender.run(() -> drawing.store(placed(2)));
                appender.commit();

                assertThat(moving).succeedsWithin(Duration.ofSeconds(30));
            }
            assertThat(counting.store(placed(3)).position()).isEqualTo(3);
        }

        @Test
        void thatDoNotEndLeaveEverythingAsItWas() {
            try (OtherSession appender = new OtherSession(unitOfWork)) {
                appender.run(() -> drawing.store(placed(1)));
                AtomicInteger repeated = new AtomicInteger();
                EventPositions impatient = EventPositions.of(
                        unitOfWork,
                        HexaiEvent.class,
                        Duration.ofMillis(100),
                        RetryPolicy.attempts(3)
                                .withBackoff(Duration.ZERO, Duration.ZERO)
                                .withListener(retry -> repeated.incrementAndGet()));
                assertThatThrownBy(() -> impatient.moveTo(PositionStrategy.COUNTER))
                        .isInstanceOf(PersistenceException.class);
                assertThat(repeated).hasValue(2);
                drawing.store(placed(2));
                appender.commit();
            }
            assertThat(payloads(drawing.fetch(0, 10).events())).isEqualTo(placed(1, 2));
        }

        @Test
        void loseNothingWhenTheyAreRefused() throws Exception {
            CountDownLatch writing = new CountDownLatch(4);
            AtomicInteger stored = new AtomicInteger();
            List<Future<?>> writers = new ArrayList<>();
            for (int writer = 0; writer < 4; writer++) {
                writers.add(threads.submit(() -> {
                    EventStore own = drawing;
                    for (int i = 0; i < 60; ) {
                        try {
                            own.store(placed(i));
                            stored.incrementAndGet();
                            i++;
                        } catch (EventTableException e) {
                            own = counting;
                        }
                        writing.countDown();
                    }
                }));
            }
            writing.await();
            positions.moveTo(PositionStrategy.COUNTER);
            List<StoredEvent> seen = new ArrayList<>();
            long after = 0;
            boolean isOver;
            EventPage page;
            do {
                isOver = writers.stream().allMatch(Future::isDone);
                page = counting.fetch(after, 50);
                seen.addAll(page.events());
                after = page.nextPosition();
            } while (!isOver || !page.isLast());
            for (Future<?> writer : writers) {
                writer.get();
            }

            assertThat(stored).hasValue(240);
            assertThat(seen).isEqualTo(counting.fetch(0, 1_000).events()).hasSize(240);
        }
    }
}
