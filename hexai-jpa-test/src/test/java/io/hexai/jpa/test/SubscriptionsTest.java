package io.hexai.jpa.test;

import static io.hexai.jpa.test.Fixtures.requireAllGreen;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.EventType;
import io.hexai.jpa.subscription.EventSubscription;
import io.hexai.jpa.subscription.NotCaughtUpException;
import io.hexai.jpa.subscription.PoisonPolicy;
import io.hexai.jpa.subscription.SubscriptionStatus;
import io.hexai.jpa.transaction.UnitOfWork;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;

@PostgresTest(
        events = {SubscriptionsTest.Asked.class, SubscriptionsTest.Answered.class},
        isolation = TestIsolation.TRUNCATE)
class SubscriptionsTest {

    private static final Duration SOON = Duration.ofMillis(100);
    private static final Queue<EventSubscription> SEEN = new ConcurrentLinkedQueue<>();

    private final EventStore store;
    private final Subscriptions subscriptions;
    private final Queue<Object> handled = new ConcurrentLinkedQueue<>();

    SubscriptionsTest(EventStore store, Subscriptions subscriptions) {
        this.store = store;
        this.subscriptions = subscriptions;
    }

    @BeforeEach
    void forget() {
        SEEN.clear();
    }

    @EventType("quiz.asked")
    record Asked(int question) {}

    @EventType("quiz.answered")
    record Answered(int question) {}

    private EventSubscription collecting(String name) {
        return EventSubscription.builder(store, name)
                .onAny((payload, event) -> handled.add(payload))
                .build();
    }

    private EventSubscription answering() {
        return EventSubscription.builder(store, "answering")
                .on(Asked.class, (asked, event) -> store.store(new Answered(asked.question())))
                .build();
    }

    private EventSubscription failing() {
        return EventSubscription.builder(store, "failing")
                .onPoison(PoisonPolicy.stop().withAttempts(1))
                .on(Asked.class, (asked, event) -> {
                    throw new IllegalStateException("nobody knows");
                })
                .build();
    }

    @Nested
    class Waiting {

        @Test
        void endsWhenAllIsHandled() {
            subscriptions.start(collecting("first"));
            subscriptions.start(collecting("second"));
            store.storeAll(List.of(new Asked(1), new Asked(2)));

            subscriptions.awaitCaughtUp();

            assertThat(handled).containsExactlyInAnyOrder(new Asked(1), new Asked(1), new Asked(2), new Asked(2));
        }

        @Test
        void includesWhatHandlersStoreOfTheirOwn() {
            subscriptions.start(collecting("collecting"));
            subscriptions.start(answering());
            store.storeAll(List.of(new Asked(1), new Asked(2)));

            subscriptions.awaitCaughtUp();

            assertThat(handled).contains(new Answered(1), new Answered(2)).hasSize(4);
        }

        @Test
        void leavesOutWhatTheTestHasClosed() {
            EventSubscription closed = subscriptions.start(collecting("closed"));
            closed.close();
            subscriptions.start(collecting("open"));
            store.store(new Asked(1));

            subscriptions.awaitCaughtUp();

            assertThat(handled).containsExactly(new Asked(1));
        }

        @Test
        void isRefusedInsideAUnitOfWorkWhoseEventsNobodySees(UnitOfWork unitOfWork) {
            assertThatThrownBy(() -> unitOfWork.run(() -> subscriptions.awaitCaughtUp()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("A unit of work is open");
        }
    }

    @Nested
    class ThatHaveNotCaughtUp {

        @Test
        void areNamedWithWhyTheyStopped() {
            subscriptions.start(collecting("fine"));
            store.store(new Asked(1));
            subscriptions.awaitCaughtUp();
            subscriptions.start(failing());

            assertThatExceptionOfType(AssertionFailedError.class)
                    .isThrownBy(subscriptions::awaitCaughtUp)
                    .withCauseInstanceOf(NotCaughtUpException.class)
                    .withMessageMatching(
                            "1 of 2 subscriptions have not handled all events within PT30S:\n"
                                    + "  'failing' is STOPPED at position 0 of 1, 1 event\\(s\\) behind, the oldest for \\d+ ms;"
                                    + " 1 attempt\\(s\\) failed at #1 quiz.asked: java.lang.IllegalStateException: nobody knows");
        }

        @Test
        void areNamedWithTheTransactionThatHoldsThemBack(TwoSessions sessions) {
            subscriptions.start(collecting("collecting"));
            sessions.first().run(em -> store.store(new Asked(1)));
            store.store(new Asked(2));

            assertThatExceptionOfType(AssertionFailedError.class)
                    .isThrownBy(() -> subscriptions.awaitCaughtUp(SOON))
                    .withMessageContaining("'collecting' is RUNNING at position 0 of 0, 0 event(s) behind")
                    .withMessageContaining("held back before 0 by process ");
            sessions.first().commit();
            subscriptions.awaitCaughtUp();
            assertThat(handled).containsExactly(new Asked(1), new Asked(2));
        }

        @Test
        void areNamedIfTheyArePaused() {
            subscriptions.start(collecting("paused")).pause();
            store.store(new Asked(1));

            assertThatExceptionOfType(AssertionFailedError.class)
                    .isThrownBy(() -> subscriptions.awaitCaughtUp(SOON))
                    .withMessageContaining("'paused' is PAUSED at position 0 of 1, 1 event(s) behind");
        }
    }

    @Nested
    class OfATest {

        @Test
        void areClosedWithIt() {
            requireAllGreen(Fixtures.run(ForATest.class), 2);

            assertThat(SEEN).hasSize(2);
        }

        @Test
        void lastForAllTestsIfTheClassTookThem() {
            requireAllGreen(Fixtures.run(ForTheClass.class), 2);

            assertThat(SEEN).hasSize(2);
        }
    }

    private static EventSubscription idle(EventStore store, String name) {
        return EventSubscription.builder(store, name)
                .onAny((payload, event) -> {})
                .build();
    }

    @PostgresTest(events = Asked.class)
    static class ForATest {

        @RepeatedTest(2)
        void startsOne(EventStore store, Subscriptions subscriptions) {
            SEEN.forEach(earlier -> assertThat(earlier.state().status()).isEqualTo(SubscriptionStatus.CLOSED));
            SEEN.add(subscriptions.start(idle(store, "idle")));
            store.store(new Asked(1));
            subscriptions.awaitCaughtUp();
        }

        @AfterAll
        static void isClosed() {
            assertThat(SEEN)
                    .allSatisfy(earlier -> assertThat(earlier.state().status()).isEqualTo(SubscriptionStatus.CLOSED));
        }
    }

    @PostgresTest(events = Asked.class)
    static class ForTheClass {

        private static Subscriptions started;

        @BeforeAll
        static void start(EventStore store, Subscriptions subscriptions) {
            started = subscriptions;
            SEEN.add(subscriptions.start(idle(store, "idle")));
        }

        @RepeatedTest(2)
        void finds(EventStore store) {
            assertThat(SEEN.element().state().status()).isNotIn(SubscriptionStatus.CLOSED, SubscriptionStatus.FAILED);
            store.store(new Asked(1));
            started.awaitCaughtUp();
            if (SEEN.size() == 1) {
                SEEN.add(SEEN.element());
            }
        }
    }
}
