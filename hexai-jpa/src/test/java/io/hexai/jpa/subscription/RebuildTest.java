package io.hexai.jpa.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hexai.jpa.event.StoredEvent;
import io.hexai.jpa.subscription.AccountEvent.Deposited;
import jakarta.persistence.OptimisticLockException;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RebuildTest {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String SHADOWS = "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'hexai\\_\\_rebuild%'";

    private static final String WAITING_SWAPS =
            "SELECT count(*) FROM pg_locks WHERE mode = 'ShareRowExclusiveLock' AND NOT granted"
                    + " AND relation = to_regclass('balances')"
                    + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

    private final SubscriptionDatabase database = new SubscriptionDatabase();
    private final Application application = database.application();
    private final AtomicInteger factor = new AtomicInteger(1);
    private final AtomicBoolean rebuilding = new AtomicBoolean();
    private final CountDownLatch inTheMiddle = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);

    @AfterEach
    void drop() {
        goOn.countDown();
        database.close();
    }

    /** Multiplies by the factor. While a rebuild is asked for, it waits at the amount of 5 the second time. */
    private EventSubscriptionBuilder multiplied(String name) {
        return application.subscription(name).batchSize(3).on(Deposited.class, (deposited, event) -> {
            application.add(deposited.account(), deposited.amount() * factor.get());
            if (deposited.amount() == 5 && rebuilding.get()) {
                inTheMiddle.countDown();
                assertThat(goOn.await(60, TimeUnit.SECONDS)).isTrue();
            }
        });
    }

    private List<StoredEvent> deposit(String account, int... amounts) {
        return application.store.storeAll(IntStream.of(amounts)
                .mapToObj(amount -> new Deposited(account, amount))
                .toList());
    }

    private EventSubscription caughtUp(EventSubscriptionBuilder builder) {
        EventSubscription subscription = application.start(builder);
        deposit("a", 1, 2, 3, 4, 5, 6, 7);
        subscription.awaitCaughtUp(SOON);
        assertThat(database.balances()).containsExactly("a|28|7");
        return subscription;
    }

    private void rebuildUntilTheMiddle(EventSubscription subscription) throws InterruptedException {
        factor.set(10);
        rebuilding.set(true);
        subscription.rebuild();
        assertThat(inTheMiddle.await(60, TimeUnit.SECONDS)).isTrue();
        await().atMost(SOON).until(() -> subscription.state().status() == SubscriptionStatus.REBUILDING);
    }

    private void finish(EventSubscription subscription) {
        rebuilding.set(false);
        goOn.countDown();
        subscription.awaitRebuilt(SOON);
        subscription.awaitCaughtUp(SOON);
    }

    @Test
    void isRefusedToASubscriptionThatWasNotToldHow() {
        EventSubscription subscription = application.start(application.balances("s"));
        assertThatThrownBy(subscription::rebuild)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("onRebuild");
    }

    @Nested
    class ThatFailsInAWayThatShouldPass {

        private final AtomicInteger failures = new AtomicInteger(Integer.MAX_VALUE);

        private EventSubscriptionBuilder conflicting(PoisonPolicy policy) {
            return application
                    .subscription("s")
                    .batchSize(3)
                    .onPoison(policy.withBackoff(Duration.ZERO, Duration.ZERO).withAttempts(1))
                    .on(Deposited.class, (deposited, event) -> {
                        application.add(deposited.account(), deposited.amount());
                        if (rebuilding.get() && deposited.amount() == 5 && failures.getAndDecrement() > 0) {
                            throw new OptimisticLockException("somebody else");
                        }
                    });
        }

        private EventSubscriptionBuilder of(boolean oneTransaction, PoisonPolicy policy) {
            return oneTransaction
                    ? conflicting(policy)
                            .onRebuild(
                                    em -> em.createQuery("delete from Balance").executeUpdate())
                    : conflicting(policy).readModel(Balance.class);
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void isGivenUpAfterThePatience(boolean oneTransaction) {
            EventSubscription subscription =
                    caughtUp(of(oneTransaction, PoisonPolicy.stop().withPatience(Duration.ofMillis(300))));
            rebuilding.set(true);
            subscription.rebuild();
            assertThatThrownBy(() -> subscription.awaitRebuilt(SOON))
                    .isInstanceOf(RebuildFailedException.class)
                    .hasMessageContainingAll("the patience of PT0.3S", "somebody else");
            deposit("a", 1);
            subscription.awaitCaughtUp(SOON);
            assertThat(database.balances()).containsExactly("a|29|8");
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void isRepeatedBeforeAndTells(boolean oneTransaction) {
            EventSubscription subscription = caughtUp(of(oneTransaction, PoisonPolicy.stop()));
            rebuilding.set(true);
            subscription.rebuild();
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(subscription.state().failure())
                            .isNotNull()
                            .satisfies(failure -> {
                                assertThat(failure.position()).isEqualTo(5);
                                assertThat(failure.message()).contains("somebody else");
                            }));
            failures.set(0);
            subscription.awaitRebuilt(SOON);
            assertThat(database.balances()).containsExactly("a|28|7");
            assertThat(subscription.state().failure()).isNull();
        }
    }

    @Nested
    class InOneTransaction {

        private EventSubscriptionBuilder subscription() {
            return multiplied("s")
                    .onRebuild(em -> em.createQuery("delete from Balance").executeUpdate());
        }

        @Test
        void leavesTheOldStateReadableUntilItIsDone() throws Exception {
            EventSubscription subscription = caughtUp(subscription());
            rebuildUntilTheMiddle(subscription);
            assertThat(database.balances()).containsExactly("a|28|7");
            deposit("b", 9);
            finish(subscription);
            assertThat(database.balances()).containsExactly("a|280|7", "b|90|1");
            assertThat(database.checkpoint("s")).isEqualTo(8);
        }

        @Test
        void thatFailsLeavesEverythingAsItWas() {
            EventSubscription subscription = caughtUp(multiplied("s").onRebuild(em -> {
                em.createQuery("delete from Balance").executeUpdate();
                throw new IllegalStateException("no");
            }));
            subscription.rebuild();
            assertThatThrownBy(() -> subscription.awaitRebuilt(SOON))
                    .isInstanceOf(RebuildFailedException.class)
                    .hasMessageContaining("IllegalStateException: no");
            deposit("a", 1);
            subscription.awaitCaughtUp(SOON);
            assertThat(database.balances()).containsExactly("a|29|8");
            assertThat(subscription.state().rebuildFailure()).contains("no");
        }
    }

    @Nested
    class InTheShadow {

        @Test
        void goesOnWithTheTablesMeanwhileAndReplacesTheirContentsInTheEnd() throws Exception {
            EventSubscription subscription = caughtUp(multiplied("s").readModel(Balance.class));
            rebuildUntilTheMiddle(subscription);
            deposit("live", 2);
            subscription.awaitCaughtUp(SOON);
            assertThat(database.balances()).containsExactly("a|28|7", "live|20|1");
            finish(subscription);
            assertThat(database.balances()).containsExactly("a|280|7", "live|20|1");
            assertThat(database.checkpoint("s")).isEqualTo(8);
            assertThat(database.value(SHADOWS)).isEqualTo("0");
            deposit("a", 1);
            subscription.awaitCaughtUp(SOON);
            assertThat(database.balances()).containsExactly("a|290|8", "live|20|1");
        }

        @Test
        void keepsWhatBelongsToTheTables() throws Exception {
            database.execute("CREATE TABLE notes (id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, account text"
                    + " REFERENCES balances, text text UNIQUE);"
                    + " CREATE TABLE reminders (account text REFERENCES balances (account) ON DELETE CASCADE);"
                    + " CREATE INDEX balances_amount ON balances (amount); CREATE VIEW rich AS SELECT * FROM balances;"
                    + " DO $$ BEGIN CREATE ROLE hexai_reader; EXCEPTION WHEN duplicate_object THEN NULL; END $$;"
                    + " GRANT SELECT ON balances, notes TO hexai_reader");
            EventSubscription subscription = caughtUp(multiplied("s")
                    .readModel("balances", "notes")
                    .on(
                            AccountEvent.Noted.class,
                            (noted, event) -> application
                                    .unitOfWork
                                    .entityManager()
                                    .createNativeQuery("INSERT INTO notes (account, text) VALUES ('a', ?1)")
                                    .setParameter(1, noted.text())
                                    .executeUpdate()));
            application.store.storeAll(List.of(new AccountEvent.Noted("x"), new AccountEvent.Noted("y")));
            subscription.awaitCaughtUp(SOON);
            database.execute("INSERT INTO reminders VALUES ('a'); DELETE FROM notes WHERE text = 'x';"
                    + " UPDATE notes SET text = 'x'");
            String described = "SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE"
                    + " connamespace = 'public'::regnamespace UNION ALL SELECT indrelid::regclass, NULL,"
                    + " pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = ANY ('{balances, notes}'::regclass[])"
                    + " UNION ALL SELECT oid::regclass, NULL, relacl::text FROM pg_class WHERE relname IN ('balances',"
                    + " 'notes') ORDER BY 1, 2, 3";
            List<String> before = database.rows(described);

            AtomicBoolean reading = new AtomicBoolean(true);
            CompletableFuture<Void> reader = CompletableFuture.runAsync(() -> {
                while (reading.get()) {
                    assertThat(database.rows("SELECT count(*) FROM rich")).containsExactly("1");
                }
            });
            factor.set(10);
            subscription.rebuild();
            subscription.awaitRebuilt(SOON);
            reading.set(false);
            reader.get(60, TimeUnit.SECONDS);

            assertThat(database.rows("SELECT * FROM rich")).containsExactly("a|280|7");
            assertThat(database.rows("SELECT text FROM notes ORDER BY id")).containsExactly("x", "y");
            assertThat(database.rows("SELECT account FROM reminders")).containsExactly("a");
            assertThat(database.rows(described)).isEqualTo(before);
            application.store.store(new AccountEvent.Noted("z"));
            subscription.awaitCaughtUp(SOON);
            assertThat(database.value("SELECT count(DISTINCT id) FROM notes")).isEqualTo("3");
        }

        @Test
        void thatWasInterruptedByTheEndOfItsProcessIsBegunAnew() throws Exception {
            EventSubscription subscription =
                    caughtUp(multiplied("s").readModel("balances").closeTimeout(Duration.ofMillis(100)));
            rebuildUntilTheMiddle(subscription);
            assertThat(database.value(SHADOWS)).isEqualTo("1");
            subscription.close();
            assertThat(database.balances()).containsExactly("a|28|7");

            rebuilding.set(false);
            EventSubscription next = application.start(multiplied("s").readModel("balances"));
            next.awaitRebuilt(SOON);
            assertThat(database.balances()).containsExactly("a|280|7");
            assertThat(database.value(SHADOWS)).isEqualTo("0");
        }

        @Test
        void isUndoneWhenSomebodyTakesOverDuringItsLastTransaction() throws Exception {
            EventSubscription subscription =
                    caughtUp(multiplied("s").readModel("balances").lease(Duration.ofSeconds(1)));
            factor.set(10);
            try (Connection writer = database.connect();
                    Statement statement = writer.createStatement()) {
                writer.setAutoCommit(false);
                statement.execute("UPDATE balances SET events = 0");
                subscription.rebuild();
                await().atMost(SOON).until(() -> database.value(WAITING_SWAPS).equals("1"));
                database.execute("UPDATE hexai__subscriptions SET owner = 'successor', epoch = epoch + 1,"
                        + " lease_until = clock_timestamp() + interval '1 hour'");
                writer.rollback();
            }
            await().atMost(SOON).until(() -> subscription.state().status() == SubscriptionStatus.STANDBY);
            await().atMost(SOON).until(() -> database.value(WAITING_SWAPS).equals("0"));
            await().atMost(SOON)
                    .until(() -> database.value(
                                    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
                                            + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")
                            .equals("0"));
            assertThat(database.balances()).containsExactly("a|28|7");
            assertThat(database.value("SELECT generation FROM hexai__subscriptions"))
                    .isEqualTo("1");

            database.execute("UPDATE hexai__subscriptions SET lease_until = clock_timestamp() - interval '1 second'");
            subscription.awaitRebuilt(SOON);
            deposit("a", 1);
            subscription.awaitCaughtUp(SOON);
            assertThat(database.balances()).containsExactly("a|290|8");
        }

        @Test
        void isRefusedByAForeignKeyToARowThatIsNoMore() {
            AtomicBoolean renamed = new AtomicBoolean();
            EventSubscription subscription = caughtUp(application
                    .subscription("s")
                    .readModel("balances")
                    .on(
                            Deposited.class,
                            (deposited, event) -> application.add(
                                    renamed.get() ? "renamed" : deposited.account(), deposited.amount())));
            database.execute("CREATE TABLE bookings (account text CONSTRAINT booked REFERENCES balances);"
                    + " INSERT INTO bookings VALUES ('a')");
            renamed.set(true);
            subscription.rebuild();
            assertThatThrownBy(() -> subscription.awaitRebuilt(SOON))
                    .isInstanceOf(RebuildFailedException.class)
                    .hasMessageContaining("booked");
            assertThat(database.balances()).containsExactly("a|28|7");
            assertThat(database.value(SHADOWS)).isEqualTo("0");
            deposit("a", 1);
            subscription.awaitCaughtUp(SOON);
            assertThat(database.balances()).containsExactly("a|28|7", "renamed|1|1");
        }

        @Test
        void replacesTheContentsOfATableWithoutPrimaryKey() {
            database.execute("CREATE TABLE lines (account text, amount integer)");
            EventSubscription subscription = application.start(application
                    .subscription("s")
                    .readModel("lines")
                    .on(
                            Deposited.class,
                            (deposited, event) -> application
                                    .unitOfWork
                                    .entityManager()
                                    .createNativeQuery("INSERT INTO lines VALUES (?1, ?2)")
                                    .setParameter(1, deposited.account())
                                    .setParameter(2, deposited.amount() * factor.get())
                                    .executeUpdate()));
            deposit("a", 1, 1, 2);
            subscription.awaitCaughtUp(SOON);
            factor.set(10);
            subscription.rebuild();
            subscription.awaitRebuilt(SOON);
            assertThat(database.rows("SELECT account, amount FROM lines ORDER BY amount"))
                    .containsExactly("a|10", "a|10", "a|20");
        }

        @Test
        void failsWhenAHandlerWritesTheTableItself() {
            EventSubscription subscription = caughtUp(application
                    .subscription("s")
                    .readModel("balances")
                    .on(
                            Deposited.class,
                            (deposited, event) -> application
                                    .unitOfWork
                                    .entityManager()
                                    .createNativeQuery(
                                            "INSERT INTO public.balances VALUES ('a', ?1, 1) ON CONFLICT (account)"
                                                    + " DO UPDATE SET amount = balances.amount + ?1, events = balances.events + 1")
                                    .setParameter(1, deposited.amount())
                                    .executeUpdate()));
            subscription.rebuild();
            assertThatThrownBy(() -> subscription.awaitRebuilt(SOON)).hasMessageContaining("names the schema");
            assertThat(database.balances()).containsExactly("a|28|7");
            assertThat(database.value(SHADOWS)).isEqualTo("0");
        }

        @Test
        void thatMeetsPoisonFailsAndTheSubscriptionGoesOn() {
            EventSubscription subscription = caughtUp(application
                    .subscription("s")
                    .readModel("balances")
                    .on(Deposited.class, (deposited, event) -> {
                        if (rebuilding.get() && deposited.amount() == 5) {
                            throw new IllegalStateException("five");
                        }
                        application.add(deposited.account(), deposited.amount());
                    }));
            rebuilding.set(true);
            subscription.rebuild();
            assertThatThrownBy(() -> subscription.awaitRebuilt(SOON)).hasMessageContaining("five");
            deposit("a", 1);
            subscription.awaitCaughtUp(SOON);
            assertThat(database.balances()).containsExactly("a|29|8");
            assertThat(subscription.state().status()).isEqualTo(SubscriptionStatus.RUNNING);
        }
    }

    @Nested
    class AHigherVersion {

        @Test
        void rebuildsOnceWhenItBecomesTheActiveOne() {
            EventSubscription first = caughtUp(multiplied("s"));
            first.close();
            factor.set(10);
            AtomicInteger rebuilds = new AtomicInteger();
            EventSubscriptionBuilder second =
                    multiplied("s").version(2).readModel("balances").onRebuild(em -> rebuilds.incrementAndGet());
            EventSubscription subscription = application.start(second);
            await().atMost(SOON).until(() -> database.balances().equals(List.of("a|280|7")));
            subscription.close();
            EventSubscription again = application.start(second);
            deposit("a", 1);
            again.awaitCaughtUp(SOON);
            assertThat(rebuilds).hasValue(1);
            assertThat(database.balances()).containsExactly("a|290|8");
        }
    }
}
