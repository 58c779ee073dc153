package io.hexai.jpa.test.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.hexai.jpa.event.ExpectedVersion;
import io.hexai.jpa.event.StoredEvent;
import io.hexai.jpa.event.StreamId;
import io.hexai.jpa.event.VersionConflictException;
import io.hexai.jpa.transaction.RetryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How every store counts versions, and who may append. */
abstract class StreamsContract extends EventStoreSituation {

    StreamsContract(EventStoreContract contract) {
        super(contract);
    }

    @Test
    void countVersionsFromOneOn() {
        List<StoredEvent> first = store.append(STREAM, ExpectedVersion.noStream(), put(1, 2));
        List<StoredEvent> second = store.append(STREAM, ExpectedVersion.exactly(2), put(3, 3));
        store.append(StreamId.of("shelf", "other"), ExpectedVersion.any(), put(9, 9));
        List<StoredEvent> third = store.append(STREAM, ExpectedVersion.any(), put(4, 5));

        assertThat(first).extracting(StoredEvent::streamVersion).containsExactly(1L, 2L);
        assertThat(second).extracting(StoredEvent::streamVersion).containsExactly(3L);
        assertThat(third).extracting(StoredEvent::streamVersion).containsExactly(4L, 5L);
        assertThat(payloads(store.readStream(STREAM))).isEqualTo(put(1, 5));
        assertThat(store.readStream(STREAM)).allMatch(event -> STREAM.equals(event.streamId()));
        assertThat(store.readStream(STREAM, 4)).isEqualTo(third);
        assertThat(store.readStream(StreamId.of("shelf", "none"))).isEmpty();
    }

    @Test
    void refuseAnotherVersionAndLetTheTransactionGoOn() {
        store.append(STREAM, ExpectedVersion.any(), put(1, 2));

        unitOfWork.run(() -> {
            assertThatThrownBy(() -> store.append(STREAM, ExpectedVersion.exactly(1), put(3, 3)))
                    .hasMessageContainingAll("shelf-a-1", "version 1", "version 2")
                    .asInstanceOf(type(VersionConflictException.class))
                    .satisfies(conflict -> {
                        assertThat(conflict.streamId()).isEqualTo(STREAM);
                        assertThat(conflict.expected()).isEqualTo(ExpectedVersion.exactly(1));
                        assertThat(conflict.actual()).hasValue(2);
                    });
            assertThatThrownBy(() -> store.append(STREAM, ExpectedVersion.noStream(), put(3, 3)))
                    .isInstanceOf(VersionConflictException.class);
            store.store(put(4));
        });

        List<StoredEvent> all = store.fetch(0, 10).events();
        assertThat(payloads(all)).containsExactly(put(1), put(2), put(4));
        assertThat(all.get(2).position())
                .as("the refused appends have drawn no position")
                .isEqualTo(all.get(1).position() + 1);
    }

    @Test
    void areWonByOneOfTwoAppenders() throws Exception {
        store.append(STREAM, ExpectedVersion.noStream(), put(1, 1));
        CountDownLatch appended = new CountDownLatch(1);
        CountDownLatch losing = new CountDownLatch(1);
        Future<?> winner = threads.submit(() -> {
            unitOfWork.run(() -> {
                store.append(STREAM, ExpectedVersion.exactly(1), put(2, 3));
                appended.countDown();
                losing.await();
            });
            return null;
        });
        appended.await();
        Future<?> loser = threads.submit(() -> {
            losing.countDown();
            store.append(STREAM, ExpectedVersion.exactly(1), put(4, 4));
        });

        assertThat(winner).succeedsWithin(Duration.ofSeconds(30));
        assertThat(loser)
                .failsWithin(Duration.ofSeconds(30))
                .withThrowableThat()
                .havingCause()
                .asInstanceOf(type(VersionConflictException.class))
                .satisfies(conflict -> assertThat(conflict.actual()).hasValue(3));
        assertThat(payloads(store.readStream(STREAM))).isEqualTo(put(1, 3));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void takeTheEventsOfAllWhoRepeatOrExpectNothing(boolean repeat) throws Exception {
        List<Future<?>> appenders = new ArrayList<>();
        for (int appender = 0; appender < 4; appender++) {
            appenders.add(threads.submit(() -> IntStream.range(0, 10)
                    .forEach(i -> unitOfWork
                            .with(o -> o.withRetry(RetryPolicy.attempts(200)))
                            .run(() -> store.append(
                                    STREAM,
                                    repeat
                                            ? ExpectedVersion.exactly(
                                                    store.readStream(STREAM).size())
                                            : ExpectedVersion.any(),
                                    put(i, i))))));
        }
        for (Future<?> appender : appenders) {
            appender.get();
        }

        assertThat(store.readStream(STREAM))
                .extracting(StoredEvent::streamVersion)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, 40).mapToObj(Long::valueOf).toList());
        assertThat(store.readStream(STREAM)).isEqualTo(store.fetch(0, 100).events());
    }
}
