package io.hexai.jpa.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.event.StoredEvent;
import io.hexai.jpa.subscription.AccountEvent.Deposited;
import io.hexai.jpa.subscription.AccountEvent.Noted;
import io.hexai.jpa.subscription.AccountEvent.Withdrawn;
import io.hexai.jpa.transaction.Propagation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

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
                assertThatThrownBy(() -> subscription.awaitCaughtUp(Duration.ofMillis(300)))
                        .isInstanceOf(NotCaughtUpException.class)
                        .hasMessageContaining("held back by");
                assertThat(seen).isEmpty();
            });
            subscription.awaitCaughtUp(SOON);
            assertThat(seen).containsExactly(1L, 2L);
        }
    }
}
