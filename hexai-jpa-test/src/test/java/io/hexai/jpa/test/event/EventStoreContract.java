package io.hexai.jpa.test.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.hexai.jpa.event.CurrentMessage;
import io.hexai.jpa.event.DuplicateMessageException;
import io.hexai.jpa.event.EventFilter;
import io.hexai.jpa.event.EventMessage;
import io.hexai.jpa.event.EventPage;
import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.EventStoreBuilder;
import io.hexai.jpa.event.EventTypes;
import io.hexai.jpa.event.ExpectedVersion;
import io.hexai.jpa.event.MessageTrace;
import io.hexai.jpa.event.StoredEvent;
import io.hexai.jpa.event.StreamId;
import io.hexai.jpa.event.UnreadableEventException;
import io.hexai.jpa.event.UnregisteredEventException;
import io.hexai.jpa.event.UnstorableEventException;
import io.hexai.jpa.event.VersionConflictException;
import io.hexai.jpa.test.PostgresTest;
import io.hexai.jpa.test.TestIsolation;
import io.hexai.jpa.test.event.ShelfEvent.BookPut;
import io.hexai.jpa.test.event.ShelfEvent.BookSold;
import io.hexai.jpa.test.event.ShelfEvent.InventoryTaken;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.RetryPolicy;
import io.hexai.jpa.transaction.UnexpectedRollbackException;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.EntityManagerFactory;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What every event store must do, whatever it keeps its events in and however it gives positions. A store has no way to be
 * excused from a test.
 */
@PostgresTest(entities = Shelf.class, isolation = TestIsolation.TRUNCATE)
abstract class EventStoreContract {

    private static final EventTypes TYPES = EventTypes.ofSealed(ShelfEvent.class);

    static final StreamId STREAM = StreamId.of("shelf", "a-1");

    UnitOfWork unitOfWork;
    EventStore store;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    /** An empty store that joins the unit of work, and drains its aggregates. */
    abstract EventStore storeOf(UnitOfWork unitOfWork, EventTypes types);

    @BeforeEach
    void open(EntityManagerFactory factory) {
        unitOfWork = UnitOfWork.of(factory);
        store = storeOf(unitOfWork, TYPES);
    }

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    static BookPut put(int number) {
        return new BookPut("a", number);
    }

    static List<BookPut> put(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(EventStoreContract::put).toList();
    }

    static List<Object> payloads(List<StoredEvent> events) {
        return events.stream().map(StoredEvent::payload).toList();
    }

    private List<Object> stored() {
        return payloads(store.fetch(0, 1_000).events());
    }

    @Nested
    class Storing {

        @Test
        void returnsWhatReadersGet() {
            EventMessage message = EventMessage.of(put(1)).withHeader("tenant", "acme");

            StoredEvent event = store.store(message);

            assertThat(event.message()).isSameAs(message);
            assertThat(event.position()).isPositive();
            assertThat(event.streamId()).isNull();
            assertThat(event.streamVersion()).isNull();
            assertThat(store.fetch(0, 10).events()).containsExactly(event);
        }

        @Test
        void givesPositionsThatIncreaseInTheOrderOfTheList() {
            StoredEvent first = store.store(put(0));

            List<StoredEvent> all = store.storeAll(put(1, 3_000));

            assertThat(all)
                    .hasSize(3_000)
                    .extracting(StoredEvent::position)
                    .isSorted()
                    .doesNotHaveDuplicates()
                    .first()
                    .matches(position -> position > first.position());
            assertThat(payloads(store.fetch(first.position(), 4_000).events())).isEqualTo(put(1, 3_000));
        }

        @Test
        void storesNothing() {
            assertThat(store.storeAll(List.of())).isEmpty();
            assertThat(store.append(STREAM, ExpectedVersion.exactly(7), List.of()))
                    .isEmpty();
            assertThat(store.lastPosition()).isZero();
        }

        @Test
        void storesAllOrNothing() {
            List<Object> events = new ArrayList<>(put(1, 10));
            events.add("not an event");

            assertThatThrownBy(() -> store.storeAll(events)).isInstanceOf(IllegalArgumentException.class);
            assertThat(stored()).isEmpty();
        }

        @Test
        void refusesAMessageItHasAlready() {
            EventMessage message = EventMessage.of(put(1));
            store.store(message);

            assertThatThrownBy(() -> store.storeAll(List.of(put(2), message)))
                    .asInstanceOf(type(DuplicateMessageException.class))
                    .satisfies(e -> assertThat(e.messageId()).isEqualTo(message.id()));
            EventMessage twice = EventMessage.of(put(3));
            assertThatThrownBy(() -> store.storeAll(List.of(twice, twice)))
                    .isInstanceOf(DuplicateMessageException.class);
            assertThat(stored()).containsExactly(put(1));
        }

        @Test
        void refusesAMessageInTheUnitOfWorkThatThenCannotCommit() {
            EventMessage message = EventMessage.of(put(1));

            assertThatThrownBy(() -> unitOfWork.run(() -> {
                        store.store(message);
                        assertThatThrownBy(() -> store.store(message)).isInstanceOf(DuplicateMessageException.class);
                    }))
                    .isInstanceOf(UnexpectedRollbackException.class)
                    .hasCauseInstanceOf(DuplicateMessageException.class);
            assertThat(stored()).isEmpty();
        }

        @Test
        void refusesAMessageInANestedScopeAndGoesOn() {
            EventMessage message = EventMessage.of(put(1));
            store.store(message);

            unitOfWork.run(() -> {
                assertThatThrownBy(() -> unitOfWork.with(Propagation.NESTED).run(() -> store.store(message)))
                        .isInstanceOf(DuplicateMessageException.class);
                store.store(put(2));
            });

            assertThat(stored()).containsExactly(put(1), put(2));
        }

        @Test
        void takesAMessageAgainThatWasRolledBack() {
            EventMessage message = EventMessage.of(put(1));
            unitOfWork.run(() -> {
                store.store(message);
                unitOfWork.current().preventCommit();
            });

            store.store(message);

            assertThat(stored()).containsExactly(put(1));
        }
    }

    @Nested
    class InAUnitOfWork {

        @Test
        void seesItsOwnEventsBeforeTheyAreCommitted() {
            unitOfWork.run(() -> {
                long last = store.store(put(1)).position();
                store.append(STREAM, ExpectedVersion.noStream(), put(2, 3));

                assertThat(stored()).isEqualTo(put(1, 3));
                assertThat(payloads(store.readStream(STREAM))).isEqualTo(put(2, 3));
                assertThat(store.count(last)).isEqualTo(2);
                assertThat(store.count(last, EventFilter.categories("shelf"))).isEqualTo(2);
                try (Stream<StoredEvent> all = store.stream(0, 2)) {
                    assertThat(payloads(all.toList())).isEqualTo(put(1, 3));
                }
                assertThat(onAnotherThread(() -> stored())).isEmpty();
                assertThat(onAnotherThread(() -> store.readStream(STREAM))).isEmpty();
            });
            assertThat(stored()).isEqualTo(put(1, 3));
        }

        @Test
        void loseThemIfItRollsBack() {
            assertThatThrownBy(() -> unitOfWork.run(() -> {
                        store.store(put(1));
                        store.append(STREAM, ExpectedVersion.any(), put(2, 2));
                        throw new IllegalArgumentException("refused");
                    }))
                    .isInstanceOf(IllegalArgumentException.class);

            assertThat(stored()).isEmpty();
            store.append(STREAM, ExpectedVersion.noStream(), put(3, 3));
            assertThat(stored()).containsExactly(put(3));
        }

        @Test
        void loseThoseOfANestedScopeThatRolledBack() {
            unitOfWork.run(() -> {
                unitOfWork.with(Propagation.NESTED).run(() -> {
                    store.store(put(-1));
                    unitOfWork.current().preventCommit();
                });
                store.append(STREAM, ExpectedVersion.noStream(), put(1, 1));
                unitOfWork.with(Propagation.NESTED).run(() -> {
                    store.append(STREAM, ExpectedVersion.exactly(1), put(-2, -2));
                    unitOfWork.with(Propagation.NESTED).run(() -> store.store(put(-3)));
                    assertThat(stored()).containsExactly(put(1), put(-2), put(-3));
                    unitOfWork.current().preventCommit();
                });
                unitOfWork.with(Propagation.NESTED).run(() -> store.store(put(2)));
                store.append(STREAM, ExpectedVersion.exactly(1), put(3, 3));
                assertThat(stored()).isEqualTo(put(1, 3));
            });

            assertThat(stored()).isEqualTo(put(1, 3));
        }

        @Test
        void areIndependentOfASuspendedOne() {
            unitOfWork.run(() -> {
                unitOfWork.with(Propagation.NEW).run(() -> store.store(put(1)));
                assertThat(stored()).containsExactly(put(1));
                store.store(put(-1));
                unitOfWork.current().preventCommit();
            });

            assertThat(stored()).containsExactly(put(1));
        }
    }

    @Nested
    class Fetching {

        @Test
        void readsPageByPage() {
            List<StoredEvent> events = store.storeAll(put(1, 5));

            EventPage first = store.fetch(0, 3);
            EventPage second = store.fetch(first.nextPosition(), 3);

            assertThat(first.events()).isEqualTo(events.subList(0, 3));
            assertThat(first.nextPosition()).isEqualTo(events.get(2).position());
            assertThat(first.lastPosition()).isEqualTo(events.get(4).position());
            assertThat(first.isLast()).isFalse();
            assertThat(second.events()).isEqualTo(events.subList(3, 5));
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
            long beyond = store.store(put(1)).position() + 70;

            EventPage page = store.fetch(beyond, 10);

            assertThat(page.events()).isEmpty();
            assertThat(page.nextPosition()).isEqualTo(beyond);
            assertThat(page.isLast()).isTrue();
        }

        @Test
        void countsWhatIsLeft() {
            List<StoredEvent> events = store.storeAll(put(1, 5));

            assertThat(store.count(0)).isEqualTo(5);
            assertThat(store.count(events.get(2).position())).isEqualTo(2);
            assertThat(store.count(events.get(4).position() + 1)).isZero();
            assertThat(store.lastPosition()).isEqualTo(events.get(4).position());
        }

        @Test
        void refusesImpossibleArguments() {
            assertThatThrownBy(() -> store.fetch(-1, 10)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> store.fetch(0, 0)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> store.stream(0, 0)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> store.stream(-1, 1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> store.count(-1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> store.readStream(STREAM, -1)).isInstanceOf(IllegalArgumentException.class);
        }

        @Test
        void missesNothingOfConcurrentWriters() throws Exception {
            AtomicInteger writing = new AtomicInteger(4);
            List<Future<?>> writers = new ArrayList<>();
            for (int writer = 0; writer < 4; writer++) {
                int number = writer * 1_000;
                writers.add(threads.submit(() -> {
                    for (int i = 0; i < 30; i++) {
                        int event = number + i;
                        unitOfWork.run(() -> {
                            store.store(put(event));
                            if (event % 3 == 0) {
                                unitOfWork.current().preventCommit();
                            }
                        });
                    }
                    writing.decrementAndGet();
                }));
            }
            List<StoredEvent> seen = new ArrayList<>();
            EventPage page = new EventPage(List.of(), 0, 0);
            boolean isOver = false;
            while (!isOver) {
                isOver = writing.get() == 0 || writers.stream().allMatch(Future::isDone);
                do {
                    page = store.fetch(page.nextPosition(), 7);
                    seen.addAll(page.events());
                } while (!page.isLast());
            }
            for (Future<?> writer : writers) {
                writer.get();
            }

            assertThat(seen).hasSize(80).isEqualTo(store.fetch(0, 1_000).events());
        }
    }

    @Nested
    class Filtering {

        private final List<Long> positions = new ArrayList<>();

        @BeforeEach
        void fill() {
            add(store.store(put(1)));
            store.append(STREAM, ExpectedVersion.any(), List.of(put(2), sold())).forEach(this::add);
            store.append(StreamId.of("cellar", "1"), ExpectedVersion.any(), List.of(sold(), put(5)))
                    .forEach(this::add);
            add(store.store(sold()));
        }

        private void add(StoredEvent event) {
            positions.add(event.position());
        }

        private BookSold sold() {
            return new BookSold("a", BigDecimal.TEN, Instant.EPOCH, Optional.empty());
        }

        private List<Integer> selected(EventFilter filter) {
            EventPage page = store.fetch(0, 10, filter);
            assertThat(page.events()).allMatch(filter::matches);
            assertThat(store.count(0, filter)).isEqualTo(page.events().size());
            try (Stream<StoredEvent> all = store.stream(0, 2, filter)) {
                assertThat(all.toList()).isEqualTo(page.events());
            }
            return page.events().stream()
                    .map(event -> positions.indexOf(event.position()) + 1)
                    .toList();
        }

        @Test
        void selectsTypesAndCategories() {
            assertThat(selected(EventFilter.types(BookSold.class))).containsExactly(3, 4, 6);
            assertThat(selected(EventFilter.typeNames("shelf.book-sold", "shelf.book-put")))
                    .containsExactly(1, 2, 3, 4, 5, 6);
            assertThat(selected(EventFilter.categories("shelf"))).containsExactly(2, 3);
            assertThat(selected(EventFilter.categories("shelf", "cellar"))).containsExactly(2, 3, 4, 5);
            assertThat(selected(EventFilter.types(BookSold.class).withCategories("shelf", "cellar")))
                    .containsExactly(3, 4);
            assertThat(selected(EventFilter.typeNames("unknown"))).isEmpty();
        }

        @Test
        void passesWhatItDoesNotSelect() {
            EventFilter cellar = EventFilter.categories("cellar");

            EventPage first = store.fetch(0, 1, cellar);
            EventPage second = store.fetch(first.nextPosition(), 10, cellar);

            assertThat(first.nextPosition()).isEqualTo(positions.get(3));
            assertThat(first.isLast()).isFalse();
            assertThat(second.events()).extracting(StoredEvent::position).containsExactly(positions.get(4));
            assertThat(second.nextPosition()).isEqualTo(positions.get(5));
            assertThat(second.isLast()).isTrue();
        }
    }

    @Nested
    class Streaming {

        @Test
        void readsEverythingAcrossBatches() {
            List<StoredEvent> events = store.storeAll(put(1, 25));

            try (Stream<StoredEvent> all = store.stream(events.get(4).position(), 10)) {
                assertThat(all.toList()).isEqualTo(events.subList(5, 25));
            }
        }

        @Test
        void canBeClosedEarly() {
            store.storeAll(put(1, 25));

            try (Stream<StoredEvent> all = store.stream(0, 5)) {
                assertThat(payloads(all.limit(7).toList())).isEqualTo(put(1, 7));
            }
        }

        @Test
        void endsWhereTheStoreEndedWhenItBegan() {
            store.storeAll(put(1, 4));

            try (Stream<StoredEvent> all = store.stream(0, 2)) {
                List<Object> seen = new ArrayList<>();
                all.forEach(event -> {
                    seen.add(event.payload());
                    store.store(put(100));
                });
                assertThat(seen).isEqualTo(put(1, 4));
            }
        }
    }

    @Nested
    class Streams {

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

    @Nested
    class Types {

        @Test
        void areReadAsTheyWereWritten() {
            BookSold sold = new BookSold(
                    "ünï \"quoted\" \\ 😀",
                    new BigDecimal("1.10"),
                    Instant.parse("2026-11-22T10:11:12.123456789Z"),
                    Optional.of("x"));
            BookSold odd = new BookSold("", new BigDecimal("1E+3"), Instant.MIN, Optional.empty());
            InventoryTaken inventory = new InventoryTaken(List.of("a", "b"), Map.of("bb", 2, "a", 1));

            store.storeAll(List.of(sold, odd, inventory));

            List<StoredEvent> events = store.fetch(0, 10).events();
            assertThat(payloads(events)).containsExactly(sold, odd, inventory);
            assertThat(events.get(0).payloadAs(ShelfEvent.class)).contains(sold);
            assertThat(events.get(0).payloadAs(BookPut.class)).isEmpty();
            assertThat(events.get(2).message().schemaVersion()).isEqualTo(3);
        }

        @Test
        void areJsonIfTheyAreNotRegistered() {
            ObjectNode json = json("{\"bb\": 1.50, \"a\": [1E+3, null]}");

            store.store(EventMessage.ofJson("elsewhere.happened", 2, json).withHeader("tags", List.of("a", 1)));

            StoredEvent event = store.fetch(0, 10).events().get(0);
            assertThat(event.type()).isEqualTo("elsewhere.happened");
            assertThat(event.payload())
                    .as("as jsonb keeps it")
                    .asInstanceOf(type(JsonNode.class))
                    .hasToString("{\"a\":[1000,null],\"bb\":1.50}");
            assertThat(event.message().schemaVersion()).isEqualTo(2);
            assertThat(event.message().ownHeaders()).containsEntry("tags", List.of("a", 1));
        }

        @Test
        void areRefusedIfTheyCannotBeStored() {
            record Stranger() {}

            unitOfWork.run(() -> {
                assertThatThrownBy(() -> store.store(new BookSold("\u0000", BigDecimal.ONE, Instant.EPOCH, null)))
                        .isInstanceOf(UnstorableEventException.class)
                        .hasMessageContaining("U+0000");
                assertThatThrownBy(() -> storeOf(UnitOfWork.of(factoryOf(unitOfWork)), EventTypes.of())
                                .store(put(1)))
                        .isInstanceOf(UnregisteredEventException.class);
                assertThatThrownBy(() -> store.store(new Stranger())).isInstanceOf(IllegalArgumentException.class);
                store.store(put(1));
            });

            assertThat(stored()).containsExactly(put(1));
        }

        @Test
        void areLiftedByAChainOfUpcasters() {
            EventTypes upcasting = TYPES.withUpcaster(
                            InventoryTaken.class, 1, json -> ((ObjectNode) json).set("titles", json.get("books")))
                    .withUpcaster(InventoryTaken.class, 2, json -> {
                        ((ObjectNode) json).remove("books");
                        ((ObjectNode) json).putObject("counts");
                        return json;
                    });
            EventStore upcastingStore = storeOf(UnitOfWork.of(factoryOf(unitOfWork)), upcasting);

            upcastingStore.store(EventMessage.ofJson("shelf.inventory-taken", 1, json("{\"books\": [\"a\"]}")));
            upcastingStore.store(EventMessage.ofJson("shelf.inventory-taken", 1, json("{\"books\": 7}")));

            List<StoredEvent> events = upcastingStore.fetch(0, 10).events();
            assertThat(events.get(0).payload()).isEqualTo(new InventoryTaken(List.of("a"), Map.of()));
            assertThatThrownBy(() -> events.get(1).payload())
                    .asInstanceOf(type(UnreadableEventException.class))
                    .satisfies(e ->
                            assertThat(e.position()).isEqualTo(events.get(1).position()));
        }

        private static ObjectNode json(String text) {
            return (ObjectNode) EventStoreBuilder.defaultMapper().build().readTree(text);
        }
    }

    @Nested
    class Causation {

        @Test
        void isThatOfTheMessageBeingHandled() {
            EventMessage handled = EventMessage.of(put(0)).causedBy(EventMessage.of(put(-1)));
            MessageTrace other = new MessageTrace("x", "y");

            List<StoredEvent> caused = CurrentMessage.call(
                    handled,
                    () -> store.storeAll(List.of(put(1), EventMessage.of(put(2)).withCausation(other))));

            assertThat(caused.get(0).message().causation()).isEqualTo(handled.asTrace());
            assertThat(caused.get(1).message().causation()).isEqualTo(other);
            assertThat(caused)
                    .allMatch(event ->
                            handled.correlation().equals(event.message().correlation()));
            assertThat(store.fetch(0, 10).events()).isEqualTo(caused);
        }
    }

    @Nested
    class Draining {

        @Test
        void storesWhatEntitiesRaisedThatIsNotRolledBack() {
            unitOfWork.run(entityManager -> {
                Shelf shelf = new Shelf("a");
                entityManager.persist(shelf);
                shelf.put(1);
                unitOfWork.with(Propagation.NESTED).run(() -> {
                    shelf.put(-1);
                    unitOfWork.current().preventCommit();
                });
                shelf.put(2);
                assertThat(stored()).isEmpty();
            });
            unitOfWork.run(entityManager -> {
                Shelf shelf = entityManager.find(Shelf.class, "a");
                assertThat(shelf.books()).isEqualTo(2);
                shelf.put(3);
                entityManager.remove(shelf);
            });
            unitOfWork.run(entityManager -> {
                Shelf shelf = new Shelf("b");
                entityManager.persist(shelf);
                shelf.put(-2);
                unitOfWork.current().preventCommit();
            });

            assertThat(stored()).isEqualTo(put(1, 3));
        }
    }

    static EntityManagerFactory factoryOf(UnitOfWork unitOfWork) {
        return unitOfWork.call(entityManager -> entityManager.getEntityManagerFactory());
    }

    private <T> T onAnotherThread(Callable<T> call) {
        try {
            return threads.submit(call).get();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
