package io.hexai.jpa.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.EventTypes;
import io.hexai.jpa.event.ExpectedVersion;
import io.hexai.jpa.event.PositionStrategy;
import io.hexai.jpa.event.StoredEvent;
import io.hexai.jpa.event.StreamId;
import io.hexai.jpa.subscription.AccountEvent.Deposited;
import io.hexai.jpa.subscription.AccountEvent.Noted;
import io.hexai.jpa.subscription.AccountEvent.Withdrawn;
import io.hexai.jpa.transaction.Propagation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class EventSubscriptionTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    private final SubscriptionDatabase database = new SubscriptionDatabase();
    private final Application application = database.application();

    @AfterEach
    void drop() {
        database.close();
    }

    private List<StoredEvent> deposit(String account, int... amounts) {
        return application.store.storeAll(IntStream.of(amounts)
                .mapToObj(amount -> new Deposited(account, amount))
                .toList());
    }

    @Nested
    class Events {

        @Test
        void areHandledTogetherWithTheCheckpoint() {
            EventSubscription subscription = application.start(application.balances("balances"));
            List<StoredEvent> stored = deposit("a", 1, 2, 3);
            application.store.store(new Withdrawn("a", 2));

            subscription.awaitCaughtUp(SOON);

            assertThat(database.balances()).containsExactly("a|4|4");
            assertThat(database.checkpoint("balances")).isEqualTo(stored.get(2).position() + 1);
            assertThat(subscription.lag()).isEqualTo(new SubscriptionLag(0, Duration.ZERO, 4, 4));
        }

        @Test
        void thatWereThereBeforeAreHandledFromTheBeginning() {
            deposit("a", 1, 2);
            EventSubscription subscription =
                    application.start(application.balances("s").startAt(StartPosition.beginning()));
            subscription.awaitCaughtUp(SOON);
            assertThat(database.balances()).containsExactly("a|3|2");
        }

        @Test
        void thatWereThereBeforeAreLeftOutFromTheEnd() {
            deposit("a", 1, 2);
            EventSubscription subscription =
                    application.start(application.balances("s").startAt(StartPosition.end()));
            deposit("a", 4);
            subscription.awaitCaughtUp(SOON);
            assertThat(database.balances()).containsExactly("a|4|1");
        }

        @Test
        void afterAPositionAreHandled() {
            List<StoredEvent> stored = deposit("a", 1, 2, 4);
            EventSubscription subscription = application.start(application
                    .balances("s")
                    .startAt(StartPosition.after(stored.get(0).position())));
            subscription.awaitCaughtUp(SOON);
            assertThat(database.balances()).containsExactly("a|6|2");
        }

        @Test
        void goOnAtTheCheckpointInANewInstance() {
            EventSubscription first = application.start(application.balances("s"));
            deposit("a", 1);
            first.awaitCaughtUp(SOON);
            first.close();
            deposit("a", 2);
            EventSubscription second =
                    application.start(application.balances("s").startAt(StartPosition.end()));
            second.awaitCaughtUp(SOON);
            assertThat(database.balances()).containsExactly("a|3|2");
        }

        @Test
        void thatNobodyHandlesAreNotReadButPassed() {
            List<String> seen = Collections.synchronizedList(new ArrayList<>());
            EventSubscription subscription = application.start(
                    application.subscription("s").on(Withdrawn.class, (withdrawn, event) -> seen.add(event.type())));
            StoredEvent last = application
                    .store
                    .storeAll(Collections.nCopies(250, new Noted("x")))
                    .get(249);
            subscription.awaitCaughtUp(SOON);
            assertThat(seen).isEmpty();
            assertThat(database.checkpoint("s")).isEqualTo(last.position());
        }

        @Test
        void areSeenOnlyOnceTheirTransactionHasCommitted() throws Exception {
            List<Long> seen = Collections.synchronizedList(new ArrayList<>());
            EventSubscription subscription = application.start(
                    application.subscription("s").onAny((payload, event) -> seen.add(event.position())));
            application.unitOfWork.run(() -> {
                application.store.store(new Noted("uncommitted"));
                // Committed before, and greater: what the follower may not pass.
                application.unitOfWork.with(Propagation.NEW).run(() -> application.store.store(new Noted("later")));
                CompletableFuture<Void> waiting = CompletableFuture.runAsync(
                        () -> subscription.awaitCaughtUp(Duration.ofMillis(300)), task -> new Thread(task).start());
                assertThatThrownBy(waiting::join)
                        .hasCauseInstanceOf(NotCaughtUpException.class)
                        .hasMessageContaining("held back by");
                assertThat(seen).isEmpty();
            });
            subscription.awaitCaughtUp(SOON);
            assertThat(seen).containsExactly(1L, 2L);
        }
    }

    @Nested
    class Handlers {

        @Test
        void areThatOfTheClassAndThenThatOfAllEvents() {
            List<String> calls = Collections.synchronizedList(new ArrayList<>());
            EventSubscription subscription = application.start(application
                    .subscription("s")
                    .onAny((payload, event) -> calls.add("any " + event.type()))
                    .on(Deposited.class, (deposited, event) -> calls.add("deposited " + deposited.amount())));
            deposit("a", 7);
            application.store.store(new Noted("x"));
            subscription.awaitCaughtUp(SOON);
            assertThat(calls).containsExactly("deposited 7", "any account.deposited", "any account.noted");
        }

        @Test
        void ofASealedTypeHandleAllBelowIt() {
            List<Object> payloads = Collections.synchronizedList(new ArrayList<>());
            EventSubscription subscription = application.start(
                    application.subscription("s").on(AccountEvent.class, (payload, event) -> payloads.add(payload)));
            application.store.storeAll(List.of(new Deposited("a", 1), new Withdrawn("a", 1)));
            subscription.awaitCaughtUp(SOON);
            assertThat(payloads).containsExactly(new Deposited("a", 1), new Withdrawn("a", 1));
        }

        @Test
        void areOnlyCalledForTheCategoriesAskedFor() {
            EventSubscription subscription =
                    application.start(application.balances("s").categories("savings"));
            application.store.append(
                    StreamId.of("savings", "1"), ExpectedVersion.any(), List.of(new Deposited("a", 1)));
            application.store.append(StreamId.of("giro", "1"), ExpectedVersion.any(), List.of(new Deposited("b", 1)));
            subscription.awaitCaughtUp(SOON);
            assertThat(database.balances()).containsExactly("a|1|1");
        }

        @Test
        void areTheCauseOfWhatTheyStoreAlsoInABatch() {
            List<StoredEvent> stored = application.unitOfWork.call(() -> deposit("a", 1, 2, 3));
            EventSubscription subscription = application.start(application
                    .subscription("s")
                    .on(
                            Deposited.class,
                            (deposited, event) ->
                                    application.store.store(new Noted("because of " + event.position()))));
            subscription.awaitCaughtUp(SOON);
            List<StoredEvent> notes = application.store.fetch(3, 10).events();
            assertThat(notes)
                    .extracting(note -> note.message().causation())
                    .containsExactlyElementsOf(stored.stream()
                            .map(event -> event.message().asTrace())
                            .toList());
            assertThat(notes).extracting(note -> note.message().correlation()).doesNotContainNull();
        }

        @Test
        void runInTransactionsOfTheirOwnHoweverTheAppendsEnd() {
            EventSubscription subscription = application.start(application.balances("s"));
            assertThatThrownBy(() -> application.unitOfWork.run(() -> {
                        deposit("gone", 1);
                        throw new IllegalStateException("rolled back");
                    }))
                    .hasMessage("rolled back");
            deposit("a", 1);
            subscription.awaitCaughtUp(SOON);
            assertThat(database.balances()).containsExactly("a|1|1");
        }

        @Test
        void writeOneTransactionForABatchAndNoneForWhatNobodyHandles() {
            deposit("a", IntStream.rangeClosed(1, 40).toArray());
            application.store.storeAll(Collections.nCopies(300, new Noted("x")));
            List<Integer> batches = Collections.synchronizedList(new ArrayList<>());
            EventSubscription subscription =
                    application.start(application.balances("s").batchSize(20).listener(new SubscriptionListener() {
                        @Override
                        public void handled(String name, int events, Duration duration) {
                            batches.add(events);
                        }
                    }));
            subscription.awaitCaughtUp(SOON);
            assertThat(batches).containsExactly(20, 20);
            assertThat(database.checkpoint("s")).isEqualTo(340);
        }
    }

    @Nested
    class WaitingInsideAUnitOfWork {

        @Test
        void thatHasStoredEventsIsRefusedWhateverOthersHaveCommittedMeanwhile() {
            EventSubscription subscription = application.start(application.balances("s"));
            Application another = database.application();
            application.unitOfWork.run(() -> {
                deposit("a", 1);
                assertRefused(subscription);
                another.store.store(new Deposited("b", 1));
                assertRefused(subscription);
            });
            subscription.awaitCaughtUp(SOON);
            assertThat(database.balances()).containsExactly("a|1|1", "b|1|1");
        }

        @Test
        void thatHasStoredEventsByTheCounterIsRefused() {
            database.execute("DROP TABLE IF EXISTS hexai__event_position_counter; CREATE TABLE"
                    + " hexai__event_position_counter AS SELECT 1 AS id, 0::bigint AS last_position");
            EventStore store = EventStore.builder(application.unitOfWork)
                    .types(EventTypes.ofSealed(AccountEvent.class))
                    .positionStrategy(PositionStrategy.COUNTER)
                    .build();
            EventSubscription subscription =
                    application.start(EventSubscription.builder(store, "s").onAny((payload, event) -> {}));
            application.unitOfWork.run(() -> {
                store.store(new Deposited("a", 1));
                assertRefused(subscription);
            });
            subscription.awaitCaughtUp(SOON);
        }

        @Test
        void thatHasSuspendedOneWithStoredEventsIsRefused() {
            EventSubscription subscription = application.start(application.balances("s"));
            application.unitOfWork.run(() -> {
                application.store.store(new Deposited("a", 1));
                application.unitOfWork.with(Propagation.NEW).run(() -> assertRefused(subscription));
            });
            application.unitOfWork.run(() -> {
                application.unitOfWork.with(Propagation.NESTED).run(() -> {
                    application.store.store(new Deposited("a", 2));
                    application.unitOfWork.current().preventCommit();
                });
                application.unitOfWork.with(Propagation.NEW).run(() -> subscription.awaitCaughtUp(SOON));
                subscription.awaitCaughtUp(SOON);
            });
            assertThat(database.balances()).containsExactly("a|1|1");
        }

        @Test
        void whoseEntitiesHaveRaisedEventsIsRefused() {
            Application banking = database.application(Teller.class);
            EventStore draining = EventStore.builder(banking.unitOfWork)
                    .types(EventTypes.ofSealed(AccountEvent.class))
                    .drainAggregates()
                    .build();
            EventSubscription subscription =
                    banking.start(EventSubscription.builder(draining, "s").onAny((payload, event) -> {}));
            banking.unitOfWork.run(em -> {
                Teller teller = new Teller("ann");
                em.persist(teller);
                subscription.awaitCaughtUp(SOON);
                teller.deposit("a", 1);
                assertRefused(subscription);
            });
            assertThat(draining.count(0)).isEqualTo(1);
            subscription.awaitCaughtUp(SOON);
        }

        private void assertRefused(EventSubscription subscription) {
            assertThatThrownBy(() -> subscription.awaitCaughtUp(SOON))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("stored events that are not committed")
                    .hasMessageContaining("'s'");
        }

        @Test
        void thatHasStoredNoneIsForWhatOthersHaveStored() {
            EventSubscription subscription = application.start(application.balances("s"));
            Application another = database.application();
            application.unitOfWork.run(() -> {
                assertThatThrownBy(() -> application
                                .unitOfWork
                                .with(Propagation.NESTED)
                                .run(() -> {
                                    deposit("gone", 1);
                                    throw new IllegalStateException("rolled back");
                                }))
                        .hasMessage("rolled back");
                another.store.store(new Deposited("b", 1));
                subscription.awaitCaughtUp(SOON);
            });
            assertThat(database.balances()).containsExactly("b|1|1");
        }

        @Test
        void ofItsOwnHandlerIsRefused() {
            AtomicReference<EventSubscription> subscription = new AtomicReference<>();
            AtomicReference<Throwable> refusal = new AtomicReference<>();
            subscription.set(application.start(application
                    .subscription("s")
                    .on(
                            Deposited.class,
                            (deposited, event) -> refusal.set(
                                    catchThrowable(() -> subscription.get().awaitCaughtUp(SOON))))));
            deposit("a", 1);
            subscription.get().awaitCaughtUp(SOON);
            assertThat(refusal.get())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("A handler of subscription 's'");
        }
    }

    @Nested
    class TheState {

        @Test
        void namesWhoHoldsTheEventsBack() {
            EventSubscription subscription = application.start(application.balances("s"));
            application.unitOfWork.run(em -> {
                em.createNativeQuery("SELECT set_config('application_name', 'slow one', true)")
                        .getSingleResult();
                deposit("slow", 1);
                application.unitOfWork.with(Propagation.NEW).run(() -> deposit("quick", 1));
                SubscriptionState state = subscription.state();
                assertThat(state.heldBackBy()).singleElement().satisfies(appender -> {
                    assertThat(appender.applicationName()).isEqualTo("slow one");
                    assertThat(appender.before()).isZero();
                    assertThat(appender.processId())
                            .isEqualTo(((Number) em.createNativeQuery("SELECT pg_backend_pid()")
                                            .getSingleResult())
                                    .intValue());
                });
                assertThat(state.lag().lastPosition()).isZero();
            });
            subscription.awaitCaughtUp(SOON);
            assertThat(subscription.state().heldBackBy()).isEmpty();
        }

        @Test
        void isWarnedOfByTheLogWhenSomebodyHoldsTheEventsBackForLong() {
            ListAppender<ILoggingEvent> appender = new ListAppender<>();
            Logger log = (Logger) LoggerFactory.getLogger(EventSubscription.class);
            appender.start();
            log.addAppender(appender);
            try {
                application.start(
                        application.balances("s").lease(Duration.ofMillis(300)).heldBackWarning(Duration.ofMillis(50)));
                application.unitOfWork.run(em -> {
                    deposit("slow", 1);
                    await().atMost(SOON)
                            .until(() -> List.copyOf(appender.list).stream()
                                    .map(ILoggingEvent::getFormattedMessage)
                                    .anyMatch(line -> line.contains(
                                                    "Subscription 's' gets no events behind position 0: server process ")
                                            && line.contains("has been running for PT")));
                });
            } finally {
                log.detachAppender(appender);
            }
        }

        @Test
        void tellsTheLagInEventsAndTime() {
            EventSubscription subscription = application.build(application
                    .balances("s")
                    .clock(java.time.Clock.offset(java.time.Clock.systemUTC(), Duration.ofHours(1))));
            subscription.start();
            subscription.pause();
            deposit("a", 1, 2, 3);
            application.store.store(new Noted("not handled"));
            SubscriptionLag lag = subscription.lag();
            assertThat(lag.events()).isEqualTo(3);
            assertThat(lag.time()).isBetween(Duration.ofMinutes(59), Duration.ofMinutes(61));
            assertThat(lag.lastPosition()).isEqualTo(4);
        }

        @Test
        void canBeAskedForBeforeTheFirstStart() {
            EventSubscription subscription = application.build(application.balances("s"));
            assertThat(subscription.state().status()).isEqualTo(SubscriptionStatus.NEW);
            assertThat(subscription.state().owner()).isNull();
        }
    }

    @Test
    void neverMovesTheCheckpointBack() {
        EventSubscription subscription = application.start(application.balances("s"));
        deposit("a", 1, 2, 3);
        subscription.awaitCaughtUp(SOON);
        database.execute("UPDATE hexai__checkpoints SET position = 100");
        application.store.store(new Withdrawn("a", 1));
        await().atMost(SOON).until(() -> subscription.lag().isNone());
        subscription.awaitCaughtUp(SOON);
        assertThat(database.checkpoint("s")).isEqualTo(100);
        // It was not told that position 4 is handled, so it may not be handled.
        assertThat(database.balances()).containsExactly("a|6|3");
    }
}
