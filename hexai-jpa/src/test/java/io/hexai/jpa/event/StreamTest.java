package io.hexai.jpa.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.hexai.jpa.transaction.IsolationLevel;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.RetryPolicy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreamTest extends EventStoreTests {

    private static final StreamId STREAM = StreamId.of("order", "123-a");

    @Nested
    class Appending {

        @Test
        void appendsALongList() {
            List<StoredEvent> stored = store.append(STREAM, ExpectedVersion.noStream(), placed(1, 25_000));

            assertThat(stored).extracting(StoredEvent::position).isSortedAccordingTo(Long::compare);
            assertThat(stored.get(24_999).streamVersion()).isEqualTo(25_000);
            assertThat(store.readStream(STREAM))
                    .extracting(StoredEvent::payload)
                    .isEqualTo(placed(1, 25_000));
        }
    }

    @Nested
    class TwoAppenders {

        @ParameterizedTest
        @EnumSource
        void letExactlyOneWin(PositionStrategy strategy) {
            EventStore anyStore = store(strategy);
            anyStore.append(STREAM, ExpectedVersion.noStream(), placed(1, 1));
            try (OtherSession winner = new OtherSession(unitOfWork);
                    OtherSession loser = new OtherSession(unitOfWork)) {
                winner.run(() -> anyStore.append(STREAM, ExpectedVersion.exactly(1), placed(2, 3)));
                Future<List<StoredEvent>> losing =
                        loser.start(() -> anyStore.append(STREAM, ExpectedVersion.exactly(1), placed(4, 4)));
                awaitWaiting();
                winner.commit();

                assertThat(losing)
                        .failsWithin(Duration.ofSeconds(30))
                        .withThrowableThat()
                        .havingCause()
                        .asInstanceOf(type(VersionConflictException.class))
                        .satisfies(conflict -> assertThat(conflict.actual()).hasValue(3));
                loser.run(() -> anyStore.append(STREAM, ExpectedVersion.exactly(3), placed(4, 4)));
                loser.commit();
            }
            assertThat(anyStore.readStream(STREAM))
                    .extracting(StoredEvent::payload)
                    .isEqualTo(placed(1, 4));
        }

        @ParameterizedTest
        @EnumSource
        void bothSucceedIfTheyExpectNothing(PositionStrategy strategy) {
            EventStore anyStore = store(strategy);
            try (OtherSession first = new OtherSession(unitOfWork);
                    OtherSession second = new OtherSession(unitOfWork)) {
                first.run(() -> anyStore.append(STREAM, ExpectedVersion.any(), placed(1, 2)));
                Future<List<StoredEvent>> waiting =
                        second.start(() -> anyStore.append(STREAM, ExpectedVersion.any(), placed(3, 4)));
                awaitWaiting();
                first.commit();

                assertThat(waiting).succeedsWithin(Duration.ofSeconds(30));
                second.commit();
            }
            assertThat(anyStore.readStream(STREAM))
                    .extracting(StoredEvent::payload)
                    .isEqualTo(placed(1, 4));
        }

        @Test
        void bothSucceedWithARetryPolicy() {
            try (OtherSession first = new OtherSession(unitOfWork);
                    OtherSession thread = new OtherSession(unitOfWork)) {
                first.run(() -> store.append(STREAM, ExpectedVersion.exactly(0), placed(1, 1)));
                Future<?> retrying = thread.start(() -> {
                    unitOfWork
                            .with(o -> o.withPropagation(Propagation.NEW).withRetry(RetryPolicy.attempts(3)))
                            .run(() -> store.append(
                                    STREAM,
                                    ExpectedVersion.exactly(
                                            store.readStream(STREAM).size()),
                                    placed(2, 2)));
                    return null;
                });
                awaitWaiting();
                first.commit();

                assertThat(retrying).succeedsWithin(Duration.ofSeconds(30));
            }
            assertThat(store.readStream(STREAM))
                    .extracting(StoredEvent::payload)
                    .isEqualTo(placed(1, 2));
        }

        @Test
        void conflictUnderRepeatableReadWithoutKnowingTheActualVersion() {
            try (OtherSession old =
                    new OtherSession(unitOfWork.with(o -> o.withIsolation(IsolationLevel.REPEATABLE_READ)))) {
                old.run(() -> store.readStream(STREAM));
                store.append(STREAM, ExpectedVersion.any(), placed(1, 1));

                assertThatThrownBy(() -> old.run(() -> store.append(STREAM, ExpectedVersion.any(), placed(2, 2))))
                        .asInstanceOf(type(VersionConflictException.class))
                        .satisfies(conflict -> assertThat(conflict.actual()).isEmpty());
            }
        }

        private static void awaitWaiting() {
            Awaitility.await()
                    .until(() -> database.select(
                                            "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")
                                    .size()
                            == 1);
        }
    }

    @Nested
    class Ids {

        @Test
        void keepCategoryAndId() {
            assertThat(STREAM.category()).isEqualTo("order");
            assertThat(STREAM.id()).isEqualTo("123-a");
            assertThat(STREAM).hasToString("order-123-a").isEqualTo(StreamId.parse("order-123-a"));
        }

        @ParameterizedTest
        @ValueSource(strings = {"", " ", "or-der"})
        void refuseCategoriesThatCouldNotBeToldFromTheId(String category) {
            assertThatThrownBy(() -> StreamId.of(category, "1")).isInstanceOf(IllegalArgumentException.class);
        }

        @Test
        void refuseABlankId() {
            assertThatThrownBy(() -> StreamId.of("order", "")).isInstanceOf(IllegalArgumentException.class);
        }

        @Test
        void areReadHoweverTheyWereWritten() {
            assertThatCode(() -> StreamId.parse("lonely").id()).doesNotThrowAnyException();
            assertThat(StreamId.parse("lonely").category()).isEqualTo("lonely");
        }

        @Test
        void refuseANegativeVersion() {
            assertThatThrownBy(() -> ExpectedVersion.exactly(-1)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
