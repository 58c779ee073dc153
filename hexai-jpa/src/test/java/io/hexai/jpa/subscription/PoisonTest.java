package io.hexai.jpa.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hexai.jpa.event.ExpectedVersion;
import io.hexai.jpa.event.StoredEvent;
import io.hexai.jpa.event.StreamId;
import io.hexai.jpa.subscription.AccountEvent.Deposited;
import jakarta.persistence.OptimisticLockException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PoisonTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final PoisonPolicy QUICK =
            PoisonPolicy.deadLetter().withAttempts(2).withBackoff(Duration.ofMillis(1), Duration.ofMillis(2));

    private final SubscriptionDatabase database = new SubscriptionDatabase();
    private final Application application = database.application();
    private final AtomicBoolean poisonous = new AtomicBoolean(true);
    private final List<Integer> handled = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void drop() {
        database.close();
    }

    /** Writes, and then fails at amounts of 13 as long as those are poisonous. */
    private EventSubscriptionBuilder fragile(PoisonPolicy policy) {
        return application
                .subscription("fragile")
                .on(Deposited.class, (deposited, event) -> {
                    handled.add(deposited.amount());
                    application.add(deposited.account(), deposited.amount());
                    if (deposited.amount() == 13 && poisonous.get()) {
                        throw new IOException("thirteen");
                    }
                })
                .onPoison(policy);
    }

    private List<StoredEvent> deposit(int... amounts) {
        return application.store.append(
                StreamId.of("account", "a"),
                ExpectedVersion.any(),
                IntStream.of(amounts)
                        .mapToObj(amount -> new Deposited("a", amount))
                        .toList());
    }

    private static void awaitStatus(EventSubscription subscription, SubscriptionStatus status) {
        await().atMost(SOON).until(() -> subscription.state().status() == status);
    }

    @Nested
    class Stopping {

        private final PoisonPolicy policy =
                PoisonPolicy.stop().withAttempts(3).withBackoff(Duration.ofMillis(1), Duration.ofMillis(2));

        @Test
        void leavesWhatCameBeforeAndTellsWhichEventItIs() {
            List<StoredEvent> stored = deposit(1, 2, 13, 4);
            EventSubscription subscription = application.start(fragile(policy));
            awaitStatus(subscription, SubscriptionStatus.STOPPED);

            assertThat(database.balances()).containsExactly("a|3|2");
            assertThat(database.checkpoint("fragile")).isEqualTo(stored.get(1).position());
            SubscriptionFailure failure = subscription.state().failure();
            assertThat(failure.position()).isEqualTo(stored.get(2).position());
            assertThat(failure.eventType()).isEqualTo("account.deposited");
            assertThat(failure.attempts()).isEqualTo(3);
            assertThat(failure.message()).contains("IOException: thirteen");
        }

        @Test
        void handlesNoEventAgainThatWasCommitted() {
            deposit(1, 2, 13, 4);
            EventSubscription subscription = application.start(fragile(policy));
            awaitStatus(subscription, SubscriptionStatus.STOPPED);
            // Together, and rolled back; then each alone, the poison three times.
            assertThat(handled).containsExactly(1, 2, 13, 1, 2, 13, 13, 13);
        }

        @Test
        void goesOnWithTheSameEventWhenItIsResumed() {
            deposit(1, 13, 4);
            EventSubscription subscription = application.start(fragile(policy));
            awaitStatus(subscription, SubscriptionStatus.STOPPED);
            poisonous.set(false);
            subscription.resume();
            subscription.awaitCaughtUp(SOON);
            assertThat(database.balances()).containsExactly("a|18|3");
            assertThat(subscription.state().failure()).isNull();
        }

        @Test
        void lastsUntilThenInOtherProcessesAndAfterARestart() {
            deposit(13);
            EventSubscription first = application.start(fragile(policy));
            awaitStatus(first, SubscriptionStatus.STOPPED);
            first.close();
            handled.clear();
            EventSubscription second = application.start(fragile(policy));
            assertThatThrownBy(() -> second.awaitCaughtUp(SOON))
                    .isInstanceOf(NotCaughtUpException.class)
                    .hasMessageContaining("STOPPED")
                    .hasMessageContaining("thirteen");
            assertThat(handled).isEmpty();
        }

        @Test
        void isToldToListeners() {
            List<String> told = Collections.synchronizedList(new ArrayList<>());
            deposit(13);
            application.start(fragile(policy).listener(new SubscriptionListener() {
                @Override
                public void retrying(String subscription, Throwable failure, int attempt) {
                    told.add("retrying " + attempt + " " + failure.getMessage());
                    throw new IllegalStateException("a listener that fails changes nothing");
                }

                @Override
                public void stopped(String subscription, SubscriptionFailure failure) {
                    told.add("stopped at " + failure.position());
                }
            }));
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(told)
                            .containsExactly("retrying 1 thirteen", "retrying 2 thirteen", "stopped at 1"));
        }
    }

    @Nested
    class Errors {

        @Test
        void stopTheSubscriptionAtOnceAndAreSeen() {
            AtomicInteger tries = new AtomicInteger();
            EventSubscription subscription =
                    application.start(application.subscription("s").on(Deposited.class, (deposited, event) -> {
                        if (poisonous.get()) {
                            tries.incrementAndGet();
                            throw new StackOverflowError("deep");
                        }
                        application.add("a", 1);
                    }));
            deposit(1);
            awaitStatus(subscription, SubscriptionStatus.FAILED);
            assertThat(tries).hasValue(1);
            assertThat(subscription.state().failure().message()).contains("StackOverflowError: deep");
            assertThat(subscription.state().failure().position()).isEqualTo(1);

            poisonous.set(false);
            subscription.resume();
            subscription.awaitCaughtUp(SOON);
            assertThat(database.balances()).containsExactly("a|1|1");
        }
    }

    @Nested
    class SwallowedAndPreventedWork {

        @Test
        void isPoison() {
            EventSubscription subscription =
                    application.start(application.subscription("s").on(Deposited.class, (deposited, event) -> {
                        application.add("a", 1);
                        application.unitOfWork.current().preventCommit();
                    }));
            deposit(1);
            awaitStatus(subscription, SubscriptionStatus.STOPPED);
            assertThat(subscription.state().failure().message()).contains("preventCommit");
            assertThat(database.checkpoint("s")).isZero();
        }

        @Test
        void isNotTakenForHandledWhenAStatementHadFailed() {
            EventSubscription subscription =
                    application.start(application.subscription("s").on(Deposited.class, (deposited, event) -> {
                        try {
                            application
                                    .unitOfWork
                                    .entityManager()
                                    .createNativeQuery("SELECT 1 / 0")
                                    .getSingleResult();
                        } catch (RuntimeException swallowed) {
                            assertThat(swallowed).isNotNull();
                        }
                    }));
            deposit(1);
            awaitStatus(subscription, SubscriptionStatus.STOPPED);
            assertThat(database.checkpoint("s")).isZero();
        }
    }

    @Nested
    class OutagesAndConflicts {

        @Test
        void areRepeatedWithoutBeingCounted() {
            AtomicInteger tries = new AtomicInteger();
            EventSubscription subscription = application.start(application
                    .subscription("s")
                    .on(Deposited.class, (deposited, event) -> {
                        application.add("a", 1);
                        if (tries.incrementAndGet() <= 3) {
                            throw new OptimisticLockException("somebody else");
                        }
                    })
                    .onPoison(PoisonPolicy.stop().withAttempts(1)));
            deposit(1);
            subscription.awaitCaughtUp(SOON);
            assertThat(database.balances()).containsExactly("a|1|1");
            assertThat(tries).hasValue(4);
            assertThat(subscription.state().status()).isEqualTo(SubscriptionStatus.RUNNING);
            assertThat(subscription.state().attempts()).isZero();
        }

        @Test
        void thatDoNotEndAreToldByTheStateWithTheirEvent() {
            EventSubscription subscription =
                    application.start(application.subscription("s").on(Deposited.class, (deposited, event) -> {
                        application.add("a", 1);
                        // At the commit, when no handler runs any more.
                        application.unitOfWork.current().beforeCommit(() -> {
                            throw new OptimisticLockException("somebody else, always");
                        });
                    }));
            deposit(1);
            await().atMost(SOON).until(() -> subscription.state().attempts() >= 3);
            SubscriptionState state = subscription.state();
            assertThat(state.status()).isEqualTo(SubscriptionStatus.RETRYING);
            assertThat(state.failure()).satisfies(failure -> {
                assertThat(failure.position()).isEqualTo(1);
                assertThat(failure.eventType()).isEqualTo("account.deposited");
                assertThat(failure.message()).contains("somebody else, always");
            });
            assertThat(state.lag().events()).isEqualTo(1);
            assertThatThrownBy(() -> subscription.awaitCaughtUp(Duration.ofMillis(100)))
                    .hasMessageContaining("somebody else, always");
        }

        private EventSubscription startedWith(PoisonPolicy policy, Consumer<Deposited> trouble) {
            return application.start(application
                    .subscription("s")
                    .on(Deposited.class, (deposited, event) -> {
                        application.add("a", deposited.amount());
                        if (deposited.amount() == 13) {
                            trouble.accept(deposited);
                        }
                    })
                    .onPoison(policy));
        }

        private void conflict() {
            throw new OptimisticLockException("somebody else, always");
        }

        @Test
        void countLikeAnyOtherFailureOnceTheyOutlastThePatience() {
            deposit(1, 13, 4);
            EventSubscription subscription = startedWith(
                    PoisonPolicy.stop().withAttempts(1).withPatience(Duration.ofMillis(300)), deposited -> conflict());
            awaitStatus(subscription, SubscriptionStatus.STOPPED);
            assertThat(subscription.state().failure()).satisfies(failure -> {
                assertThat(failure.position()).isEqualTo(2);
                assertThat(failure.attempts()).isGreaterThanOrEqualTo(2);
                assertThat(failure.message()).contains("the patience of PT0.3S", "somebody else, always");
            });
            assertThat(database.balances()).containsExactly("a|1|1");
        }

        @Test
        void thatOnlyTheCommitTellsOfAreTracedToTheirEventAndParkedAfterThePatience() {
            deposit(1, 13, 4);
            EventSubscription subscription = startedWith(
                    PoisonPolicy.deadLetter().withAttempts(1).withPatience(Duration.ofMillis(300)),
                    deposited -> application.unitOfWork.current().beforeCommit(this::conflict));
            subscription.awaitCaughtUp(SOON);
            assertThat(database.balances()).containsExactly("a|5|2");
            assertThat(subscription.deadLetters().list(10)).singleElement().satisfies(letter -> {
                assertThat(letter.position()).isEqualTo(2);
                assertThat(letter.failure()).contains("the patience of PT0.3S", "somebody else, always");
            });
            assertThat(subscription.state().status()).isEqualTo(SubscriptionStatus.RUNNING);
        }

        @Test
        void countFromTheFirstOneOnWithoutPatience() {
            deposit(13);
            EventSubscription subscription = startedWith(
                    PoisonPolicy.stop()
                            .withAttempts(3)
                            .withBackoff(Duration.ZERO, Duration.ZERO)
                            .withPatience(Duration.ZERO),
                    deposited -> conflict());
            awaitStatus(subscription, SubscriptionStatus.STOPPED);
            assertThat(subscription.state().failure().attempts()).isEqualTo(3);
        }

        @Test
        void ofHandlersThatTheServerFoundTooSilentAreGotOver() {
            AtomicInteger tries = new AtomicInteger();
            deposit(13);
            EventSubscription subscription = startedWith(PoisonPolicy.stop().withAttempts(1), deposited -> {
                if (tries.incrementAndGet() == 1) {
                    goneSilent();
                }
            });
            subscription.awaitCaughtUp(SOON);
            assertThat(database.balances()).containsExactly("a|13|1");
            assertThat(tries).hasValue(2);
        }

        private void goneSilent() {
            Object pid = application
                    .unitOfWork
                    .entityManager()
                    .createNativeQuery("SELECT pg_backend_pid() WHERE"
                            + " set_config('idle_in_transaction_session_timeout', '1', true) IS NOT NULL")
                    .getSingleResult();
            await().until(() -> database.value("SELECT count(*) FROM pg_stat_activity WHERE pid = " + pid)
                    .equals("0"));
            application.unitOfWork.entityManager().createNativeQuery("SELECT 1").getSingleResult();
        }

        @Test
        void ofKilledConnectionsAreGotOver() {
            AtomicInteger tries = new AtomicInteger();
            EventSubscription subscription = application.start(application
                    .subscription("s")
                    .on(Deposited.class, (deposited, event) -> {
                        application.add("a", 1);
                        if (tries.incrementAndGet() <= 2) {
                            application
                                    .unitOfWork
                                    .entityManager()
                                    .createNativeQuery("SELECT pg_terminate_backend(pg_backend_pid())")
                                    .getSingleResult();
                        }
                    })
                    .onPoison(PoisonPolicy.stop().withAttempts(1)));
            deposit(1);
            subscription.awaitCaughtUp(SOON);
            assertThat(database.balances()).containsExactly("a|1|1");
        }
    }

    @Nested
    class DeadLettersOfASubscription {

        @Test
        void areParkedWhileTheRestGoesOn() {
            List<StoredEvent> stored = deposit(1, 13, 4);
            EventSubscription subscription = application.start(fragile(QUICK));
            subscription.awaitCaughtUp(SOON);

            assertThat(database.balances()).containsExactly("a|5|2");
            assertThat(subscription.state().deadLetters()).isEqualTo(1);
            DeadLetter letter = subscription.deadLetters().list(10).get(0);
            assertThat(letter.position()).isEqualTo(stored.get(1).position());
            assertThat(letter.streamId()).isEqualTo("account-a");
            assertThat(letter.attempts()).isEqualTo(2);
            assertThat(letter.failure()).contains("thirteen");
        }

        @Test
        void areHandledAndForgottenTogetherWhenTheyAreReplayed() {
            deposit(1, 13);
            EventSubscription subscription = application.start(fragile(QUICK));
            subscription.awaitCaughtUp(SOON);
            DeadLetters letters = subscription.deadLetters();

            assertThatThrownBy(() -> letters.replay(2))
                    .isInstanceOf(ReplayFailedException.class)
                    .hasRootCauseMessage("thirteen");
            assertThat(letters.list(10)).extracting(DeadLetter::attempts).containsExactly(3);
            assertThat(database.balances()).containsExactly("a|1|1");

            poisonous.set(false);
            assertThat(letters.replay(2)).isTrue();
            assertThat(letters.replay(2)).isFalse();
            assertThat(letters.count()).isZero();
            assertThat(database.balances()).containsExactly("a|14|2");
        }

        @Test
        void countTheErrorsOfTheirReplay() {
            deposit(13);
            EventSubscription subscription = application.start(application
                    .subscription("s")
                    .on(Deposited.class, (deposited, event) -> {
                        application.add("a", 1);
                        if (poisonous.get()) {
                            throw new IOException("thirteen");
                        }
                        throw new StackOverflowError("deep");
                    })
                    .onPoison(QUICK));
            subscription.awaitCaughtUp(SOON);
            DeadLetters letters = subscription.deadLetters();

            poisonous.set(false);
            assertThatThrownBy(() -> letters.replay(1)).isInstanceOf(StackOverflowError.class);
            assertThatThrownBy(letters::replayAll).isInstanceOf(StackOverflowError.class);
            assertThat(letters.list(10)).singleElement().satisfies(letter -> {
                assertThat(letter.attempts()).isEqualTo(4);
                assertThat(letter.failure()).contains("StackOverflowError: deep");
            });
            assertThat(database.balances()).isEmpty();
        }

        @Test
        void keepTheirFailureWhenItCannotBeWrittenDown() {
            deposit(13);
            EventSubscription subscription = application.start(fragile(QUICK));
            subscription.awaitCaughtUp(SOON);
            subscription.close();
            database.execute("ALTER TABLE hexai__dead_letters ADD CHECK (attempts < 3)");
            assertThatThrownBy(() -> subscription.deadLetters().replay(1))
                    .isInstanceOf(ReplayFailedException.class)
                    .hasRootCauseMessage("thirteen")
                    .satisfies(failure ->
                            assertThat(failure.getCause().getSuppressed()).hasSize(1));
        }

        @Test
        void canBeDiscarded() {
            deposit(13);
            EventSubscription subscription = application.start(fragile(QUICK));
            subscription.awaitCaughtUp(SOON);
            assertThat(subscription.deadLetters().discard(1)).isTrue();
            assertThat(subscription.deadLetters().discard(1)).isFalse();
            assertThat(database.balances()).isEmpty();
        }

        @Test
        void takeLaterEventsOfTheirStreamAlongIfAsked() {
            deposit(1, 13, 4, 5);
            application.store.store(new Deposited("b", 7));
            EventSubscription subscription = application.start(fragile(QUICK.withFollowersOfStream()));
            subscription.awaitCaughtUp(SOON);
            assertThat(database.balances()).containsExactly("a|1|1", "b|7|1");
            assertThat(subscription.deadLetters().list(10))
                    .extracting(DeadLetter::position, DeadLetter::attempts)
                    .containsExactly(
                            org.assertj.core.groups.Tuple.tuple(2L, 2),
                            org.assertj.core.groups.Tuple.tuple(3L, 0),
                            org.assertj.core.groups.Tuple.tuple(4L, 0));

            assertThat(subscription.deadLetters().replayAll()).containsExactly(2L, 3L, 4L);
            handled.clear();
            poisonous.set(false);
            assertThat(subscription.deadLetters().replayAll()).isEmpty();
            assertThat(handled).containsExactly(13, 4, 5);
            assertThat(database.balances()).containsExactly("a|23|4", "b|7|1");
            deposit(6);
            subscription.awaitCaughtUp(SOON);
            assertThat(database.balances()).containsExactly("a|29|5", "b|7|1");
        }
    }

    @Nested
    class AnEventThatCannotBeRead {

        @Test
        void isPoisonOfItsOwn() {
            database.execute("INSERT INTO hexai__events (position, message_type, headers, payload) VALUES"
                    + " (nextval('hexai__events_position_seq'), 'account.deposited',"
                    + " '{\"id\": \"x\", \"type\": \"account.deposited\", \"createdAt\": \"2026-01-01T00:00:00Z\"}',"
                    + " '{\"account\": {}, \"amount\": \"many\"}')");
            deposit(1);
            EventSubscription subscription = application.start(fragile(QUICK));
            subscription.awaitCaughtUp(SOON);
            assertThat(database.balances()).containsExactly("a|1|1");
            assertThat(subscription.deadLetters().list(10))
                    .singleElement()
                    .satisfies(letter -> assertThat(letter.failure()).contains("UnreadableEventException"));
        }
    }
}
