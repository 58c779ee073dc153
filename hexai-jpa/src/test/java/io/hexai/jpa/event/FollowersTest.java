package io.hexai.jpa.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.event.OrderEvent.OrderPlaced;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.Registration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What {@link DatabaseEventStore} tells those who follow it. */
class FollowersTest {

    private final EventDatabase database = EventDatabase.create();
    private final DatabaseEventStore store = (DatabaseEventStore) EventStore.builder(database.unitOfWork())
            .types(EventTypes.ofSealed(OrderEvent.class))
            .build();

    @AfterEach
    void drop() {
        database.close();
    }

    @Test
    void aPartitionHasWholeStreamsAndAllPartitionsHaveAllEvents() {
        for (int i = 0; i < 40; i++) {
            StreamId stream = StreamId.of("order", "ü" + i % 20);
            store.append(stream, ExpectedVersion.any(), List.of(new OrderPlaced("" + i, "c")));
        }
        store.store(new OrderPlaced("no stream", "c"));
        List<StoredEvent> all = new ArrayList<>();
        for (int partition = 0; partition < 3; partition++) {
            EventFilter filter = EventFilter.types(OrderPlaced.class).withPartition(partition, 3);
            EventFilter withoutTypes = EventFilter.all().withPartition(partition, 3);
            List<StoredEvent> events = store.fetch(0, 100, filter).events();
            assertThat(events).hasSizeGreaterThan(2).allMatch(filter::matches);
            assertThat(store.fetch(0, 100, withoutTypes).events()).isEqualTo(events);
            assertThat(store.count(0, filter)).isEqualTo(events.size());
            assertThat(store.fetch(0, 100, filter).nextPosition()).isEqualTo(41);
            all.addAll(events);
        }
        assertThat(all)
                .extracting(StoredEvent::position)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.rangeClosed(1, 41).mapToObj(Long::valueOf).toList());
        assertThat(all).filteredOn(event -> event.streamId() == null).hasSize(1);
    }

    @Test
    void aPartitionThatIsNoneIsRefused() {
        assertThatThrownBy(() -> EventFilter.all().withPartition(3, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3 of 3");
    }

    @Test
    void anAppendIsToldOnceItsTransactionHasCommitted() {
        AtomicInteger told = new AtomicInteger();
        try (Registration registration = store.onAppended(told::incrementAndGet)) {
            assertThat(registration).isNotNull();
            database.unitOfWork().run(() -> {
                store.store(new OrderPlaced("1", "c"));
                store.append(StreamId.of("order", "1"), ExpectedVersion.any(), List.of(new OrderPlaced("1", "c")));
                assertThat(told).hasValue(0);
            });
            assertThat(told).hasValue(1);
            database.unitOfWork()
                    .run(() -> database.unitOfWork().with(Propagation.NESTED).run(() -> {
                        store.store(new OrderPlaced("2", "c"));
                        database.unitOfWork().current().preventCommit();
                    }));
            database.unitOfWork().run(() -> store.fetch(0, 10));
            assertThat(told).hasValue(1);
        }
        store.store(new OrderPlaced("3", "c"));
        assertThat(told).hasValue(1);
    }

    @Test
    void whatIsCommittedBehindARunningAppenderIsNotTheHorizon() {
        try (OtherSession appender = new OtherSession(database.unitOfWork())) {
            appender.call(() -> store.store(new OrderPlaced("1", "c")));
            store.store(new OrderPlaced("2", "c"));
            assertThat(store.lastCommittedPosition()).isEqualTo(2);
            assertThat(store.lastPosition()).isZero();
            assertThat(store.appenders()).extracting(EventAppender::before).containsExactly(0L);
        }
        assertThat(store.appenders()).isEmpty();
        assertThat(store.lastPosition()).isEqualTo(2);
    }

    @Test
    void raisedEventsAreStoredWithTheMessageThatIsHandledThen() {
        try (EventDatabase baskets = EventDatabase.create(Basket.class)) {
            DatabaseEventStore draining = (DatabaseEventStore) EventStore.builder(baskets.unitOfWork())
                    .types(EventTypes.of(Basket.ItemPut.class))
                    .drainAggregates()
                    .build();
            List<EventMessage> causes =
                    List.of(EventMessage.of(new Basket.ItemPut("x", 1)), EventMessage.of(new Basket.ItemPut("x", 2)));
            baskets.unitOfWork().run(em -> {
                Basket basket = new Basket("b");
                em.persist(basket);
                for (EventMessage cause : causes) {
                    CurrentMessage.run(cause, () -> {
                        basket.put(7);
                        draining.storeRaised();
                    });
                }
            });
            assertThat(draining.fetch(0, 10).events())
                    .extracting(event -> event.message().causation())
                    .containsExactly(causes.get(0).asTrace(), causes.get(1).asTrace());
        }
    }
}
