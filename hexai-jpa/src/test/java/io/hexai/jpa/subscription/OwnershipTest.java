package io.hexai.jpa.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hexai.jpa.subscription.AccountEvent.Deposited;
import io.hexai.jpa.testing.TcpProxy;
import io.hexai.jpa.transaction.CommitPhase;
import io.hexai.jpa.transaction.UnitOfWork;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Two applications, each with its own factory, are two processes as far as the database can tell. */
class OwnershipTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    /** The common pool of a machine with two cores has one thread, on JDK 25 for asynchronous tasks too. */
    private static final Executor OWN_THREAD = task -> new Thread(task).start();

    private final SubscriptionDatabase database = new SubscriptionDatabase();
    private final Application one = database.application();
    private final Application other = database.application();

    @AfterEach
    void drop() {
        database.close();
    }

    private static void awaitStatus(EventSubscription subscription, SubscriptionStatus status) {
        await().atMost(SOON).until(() -> subscription.state().status() == status);
    }

    @Test
    void isOneInstancesAtATime() {
        EventSubscription first = one.start(one.balances("s"));
        awaitStatus(first, SubscriptionStatus.RUNNING);
        EventSubscription second = other.start(other.balances("s"));
        other.store.store(new Deposited("a", 1));
        second.awaitCaughtUp(SOON);

        assertThat(second.state().status()).isEqualTo(SubscriptionStatus.STANDBY);
        assertThat(second.state().owner()).isEqualTo(first.state().owner());
        assertThat(database.balances()).containsExactly("a|1|1");
    }

    @Test
    void passesToAnotherAtOnceWhenItsInstanceIsClosed() {
        EventSubscription first = one.start(one.balances("s").lease(Duration.ofMinutes(10)));
        awaitStatus(first, SubscriptionStatus.RUNNING);
        EventSubscription second = other.start(other.balances("s").lease(Duration.ofMinutes(10)));
        first.close();
        awaitStatus(second, SubscriptionStatus.RUNNING);
        other.store.store(new Deposited("a", 1));
        second.awaitCaughtUp(SOON);
        assertThat(database.balances()).containsExactly("a|1|1");
    }

    /** It is silent in the middle of a renewal, when no pool looks at the connection. */
    @Test
    void isGivenUpByAnInstanceWhoseServerHasVanishedWithoutAWord() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        try (TcpProxy proxy = TcpProxy.before(database.jdbcUrl());
                Connection locking = database.connect();
                Statement lock = locking.createStatement()) {
            Application cutOff = database.applicationAt(proxy.jdbcUrl());
            EventSubscription subscription = cutOff.start(cutOff.balances("s")
                    .lease(Duration.ofSeconds(2))
                    .closeTimeout(Duration.ofMillis(200))
                    .listener(new SubscriptionListener() {
                        @Override
                        public void ended(String name) {
                            ended.countDown();
                        }
                    }));
            awaitStatus(subscription, SubscriptionStatus.RUNNING);
            locking.setAutoCommit(false);
            lock.execute("SELECT FROM hexai__subscriptions FOR UPDATE");
            await().atMost(SOON)
                    .until(() -> database.value("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                                    + " AND query LIKE 'UPDATE%lease_until%' AND datname = current_database()")
                            .equals("1"));
            proxy.fallSilent();
            locking.rollback();

            assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Nested
    class OfAnInstanceThatHangs {

        private final CountDownLatch handling = new CountDownLatch(1);
        private final CountDownLatch hanging = new CountDownLatch(1);
        private final CompletableFuture<Boolean> interrupted = new CompletableFuture<>();

        private EventSubscriptionBuilder thatHangs() {
            return one.subscription("s").on(Deposited.class, (deposited, event) -> {
                one.add(deposited.account(), deposited.amount());
                one.unitOfWork.entityManager().flush();
                handling.countDown();
                hanging.await();
            });
        }

        /** As if the owner had been silent for longer than its lease. */
        private void takeOver(EventSubscription successor) {
            String owner = database.value("SELECT owner FROM hexai__subscriptions WHERE name = 's'");
            await().atMost(SOON).until(() -> {
                database.execute("UPDATE hexai__subscriptions SET lease_until = clock_timestamp() - interval '1 second'"
                        + " WHERE owner = '" + owner + "'");
                return successor.state().status() == SubscriptionStatus.RUNNING;
            });
        }

        @Test
        void isTakenWithTheLocksThatItsTransactionHeld() throws Exception {
            EventSubscription first = one.start(thatHangs());
            awaitStatus(first, SubscriptionStatus.RUNNING);
            one.store.store(new Deposited("a", 1));
            assertThat(handling.await(30, TimeUnit.SECONDS)).isTrue();
            EventSubscription second = other.start(other.balances("s"));

            takeOver(second);
            second.awaitCaughtUp(SOON);
            assertThat(database.balances()).containsExactly("a|1|1");

            hanging.countDown();
            awaitStatus(first, SubscriptionStatus.STANDBY);
            one.store.store(new Deposited("a", 2));
            second.awaitCaughtUp(SOON);
            assertThat(database.balances()).containsExactly("a|3|2");
        }

        /** Hangs at its first event, whatever interrupts it, and then fails. */
        private EventSubscriptionBuilder thatNeverReturns() {
            return one.subscription("s")
                    .closeTimeout(Duration.ofMillis(300))
                    .on(Deposited.class, (deposited, event) -> {
                        one.add(deposited.account(), deposited.amount());
                        if (handling.getCount() > 0) {
                            handling.countDown();
                            interrupted.complete(awaitUninterruptibly(hanging));
                            throw new StackOverflowError("much too late");
                        }
                    });
        }

        private static boolean awaitUninterruptibly(CountDownLatch latch) {
            boolean interrupted = false;
            while (true) {
                try {
                    latch.await();
                    return interrupted;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }

        @Test
        void isTakenAgainByThatInstanceAlthoughItsHandlerNeverReturned() throws Exception {
            EventSubscription first = one.start(thatNeverReturns());
            one.store.store(new Deposited("a", 1));
            assertThat(handling.await(30, TimeUnit.SECONDS)).isTrue();
            EventSubscription second = other.start(other.balances("s"));
            takeOver(second);
            second.awaitCaughtUp(SOON);
            second.close();
            awaitStatus(first, SubscriptionStatus.RUNNING);
            one.store.store(new Deposited("a", 2));
            first.awaitCaughtUp(SOON);
            assertThat(database.balances()).containsExactly("a|3|2");

            hanging.countDown();
            assertThat(interrupted.get(30, TimeUnit.SECONDS)).isTrue();
            await().atMost(SOON).until(() -> threads("hexai-subscription-s-2").isEmpty());
            one.store.store(new Deposited("a", 4));
            first.awaitCaughtUp(SOON);
            assertThat(database.balances()).containsExactly("a|7|3");
            assertThat(first.state().failure()).isNull();
        }

        private List<String> threads(String name) {
            return Thread.getAllStackTraces().keySet().stream()
                    .map(Thread::getName)
                    .filter(name::equals)
                    .toList();
        }

        @Test
        void isTakenByARoleThatMayNotEndItsTransactionButHasToWaitForItsLocks() throws Exception {
            database.execute("DO $$ BEGIN CREATE ROLE hexai_weak LOGIN PASSWORD 'weak';"
                    + " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;"
                    + " GRANT ALL ON ALL TABLES IN SCHEMA public TO hexai_weak;"
                    + " GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO hexai_weak");
            Application weak =
                    database.applicationAt(database.jdbcUrl().replaceAll("[?].*", "?user=hexai_weak&password=weak"));
            EventSubscription first = one.start(thatHangs());
            awaitStatus(first, SubscriptionStatus.RUNNING);
            one.store.store(new Deposited("a", 1));
            assertThat(handling.await(30, TimeUnit.SECONDS)).isTrue();
            EventSubscription second = weak.start(weak.balances("s"));

            takeOver(second);
            assertThatThrownBy(() -> second.awaitCaughtUp(Duration.ofMillis(300)))
                    .isInstanceOf(NotCaughtUpException.class);
            hanging.countDown();
            second.awaitCaughtUp(SOON);
            assertThat(database.balances()).containsExactly("a|1|1");
        }

        @Test
        void leavesOtherTransactionsAlone() throws Exception {
            EventSubscription first = one.start(thatHangs());
            EventSubscription bystander = one.start(
                    one.balances("bystander").on(AccountEvent.Noted.class, (noted, event) -> hanging.await()));
            awaitStatus(first, SubscriptionStatus.RUNNING);
            awaitStatus(bystander, SubscriptionStatus.RUNNING);
            one.store.store(new Deposited("a", 1));
            assertThat(handling.await(30, TimeUnit.SECONDS)).isTrue();
            EventSubscription second = other.start(other.subscription("s").onAny((payload, event) -> {}));
            one.unitOfWork.run(em -> {
                one.store.store(new Deposited("mine", 1));
                takeOver(second);
            });
            hanging.countDown();
            second.awaitCaughtUp(SOON);
            bystander.awaitCaughtUp(SOON);
            assertThat(database.rows("SELECT count(*) FROM hexai__events")).containsExactly("2");
            assertThat(database.value("SELECT epoch FROM hexai__subscriptions WHERE name = 'bystander'"))
                    .isEqualTo("1");
        }
    }

    /** A process that is stopped between a statement and its COMMIT, as by SIGSTOP, keeps the row of the subscription locked. */
    @Nested
    class OfAnInstanceThatIsStoppedAtTheRowOfTheSubscription {

        private final CountDownLatch stopped = new CountDownLatch(1);
        private final CountDownLatch resumed = new CountDownLatch(1);
        private final List<String> allowedSilence = new ArrayList<>();
        private final UnitOfWork stopping = UnitOfWork.builder(one.factory).build();
        private final SubscriptionRows rows = new SubscriptionRows(
                SubscriptionTables.of(one.factory.unwrap(SessionFactoryImplementor.class)), stopping, "s");
        private final Term term = new Term("s", 1, 1, "somebody who is stopped");

        @BeforeEach
        void register() {
            one.start(one.balances("s")).close();
            database.execute("UPDATE hexai__subscriptions SET epoch = 1, lease_until = clock_timestamp(), owner = '"
                    + term.owner() + "'");
        }

        @Test
        void isTakenByAnotherAsSoonAsTheServerHasEndedThatTransaction() throws Exception {
            stopping.beforeEveryCommit(CommitPhase.DRAIN, transaction -> {
                stopped.countDown();
                try {
                    resumed.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            CompletableFuture<SubscriptionRow> renewed =
                    CompletableFuture.supplyAsync(() -> rows.renew(term, Duration.ofMillis(1)), OWN_THREAD);
            assertThat(stopped.await(30, TimeUnit.SECONDS)).isTrue();
            EventSubscription second = other.start(other.balances("s"));
            awaitStatus(second, SubscriptionStatus.RUNNING);

            resumed.countDown();
            assertThatThrownBy(() -> renewed.get(30, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
            assertThat(second.state().owner()).isNotEqualTo(term.owner());
        }

        @Test
        void mayBeSilentForMomentsOnlyWhateverItDoesThere() {
            stopping.beforeEveryCommit(
                    CommitPhase.DRAIN,
                    transaction -> allowedSilence.add((String) stopping.entityManager()
                            .createNativeQuery("SELECT current_setting('idle_in_transaction_session_timeout')")
                            .getSingleResult()));
            rows.renew(term, Duration.ofMinutes(1));
            rows.callAsOwner(term, (connection, row) -> true);
            rows.call(connection -> {
                rows.setPartitions(connection, term, 1);
                rows.rebuilt(connection, term, 1, 1, 1);
                return true;
            });
            rows.pause();
            rows.resume();
            rows.stop(term, new SubscriptionFailure(Instant.EPOCH, 1L, "type", 1, "text", false));
            rows.requestRebuild();
            rows.rebuildFailed(term, "why");
            rows.release(term);
            rows.acquire("another", Duration.ofMinutes(1), 1);
            assertThat(allowedSilence).hasSize(10).containsOnly("2s");
        }
    }

    @Test
    void isShutOutByTheEpochEvenIfItsTransactionIsNotEnded() {
        EventSubscription subscription = one.start(one.subscription("s").on(Deposited.class, (deposited, event) -> {
            one.add(deposited.account(), deposited.amount());
            // A successor has come, between the begin of this transaction and its end.
            database.execute("UPDATE hexai__checkpoints SET epoch = epoch + 100");
        }));
        one.store.store(new Deposited("a", 1));
        await().atMost(SOON)
                .until(() -> database.value("SELECT max(epoch) FROM hexai__checkpoints")
                                .compareTo("101")
                        >= 0);
        assertThatThrownBy(() -> subscription.awaitCaughtUp(Duration.ofMillis(500)))
                .isInstanceOf(NotCaughtUpException.class);
        assertThat(database.balances()).isEmpty();
        assertThat(database.checkpoint("s")).isZero();
    }

    @Test
    void isNotTakenForItsOwnBecauseTheEpochIsTheSame() {
        EventSubscription first =
                one.start(one.balances("s").lease(Duration.ofMillis(600)).pollInterval(Duration.ofMillis(50)));
        awaitStatus(first, SubscriptionStatus.RUNNING);
        database.execute("UPDATE hexai__subscriptions SET owner = 'somebody else',"
                + " lease_until = clock_timestamp() + interval '1 hour'");
        awaitStatus(first, SubscriptionStatus.STANDBY);
        assertThat(first.state().owner()).isEqualTo("somebody else");
    }

    @Test
    void isNotFencedAgainByAnInstanceThatWasAwayWhileItTookOver() {
        EventSubscription first = one.start(one.balances("s"));
        awaitStatus(first, SubscriptionStatus.RUNNING);
        SubscriptionTables tables = SubscriptionTables.of(other.factory.unwrap(SessionFactoryImplementor.class));
        SubscriptionRows rows = new SubscriptionRows(tables, other.unitOfWork, "s");
        Term late = new Term("s", 1, 0, "somebody who was away");
        assertThatThrownBy(() -> rows.callAsOwner(late, (connection, row) -> {
                    new Checkpoints(tables).fence(connection, late);
                    return true;
                }))
                .isInstanceOf(LostOwnershipException.class);
        one.store.store(new Deposited("a", 1));
        first.awaitCaughtUp(SOON);
        assertThat(database.rows("SELECT epoch FROM hexai__checkpoints")).containsExactly("1");
    }

    @Test
    void isRenewedWhenTheCheckpointsDoNotCarryItsEpoch() {
        EventSubscription first = one.start(one.balances("s"));
        awaitStatus(first, SubscriptionStatus.RUNNING);
        database.execute("UPDATE hexai__checkpoints SET epoch = 77");
        one.store.store(new Deposited("a", 1));
        first.awaitCaughtUp(SOON);
        assertThat(database.balances()).containsExactly("a|1|1");
    }

    @Test
    void isOneInstancesAlthoughManyAreStartedAtTheSameInstant() {
        CountDownLatch go = new CountDownLatch(1);
        List<Application> applications = List.of(one, other, database.application());
        List<EventSubscription> subscriptions = applications.stream()
                .map(application -> application.build(application.balances("s")))
                .toList();
        List<CompletableFuture<Void>> starts = subscriptions.stream()
                .map(subscription -> CompletableFuture.runAsync(
                        () -> {
                            try {
                                go.await();
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                            subscription.start();
                        },
                        task -> new Thread(task).start()))
                .toList();
        go.countDown();
        starts.forEach(CompletableFuture::join);
        other.store.store(new Deposited("a", 1));
        subscriptions.forEach(subscription -> subscription.awaitCaughtUp(SOON));
        assertThat(database.balances()).containsExactly("a|1|1");
        assertThat(subscriptions.stream().filter(each -> each.state().status() == SubscriptionStatus.RUNNING))
                .hasSize(1);
        assertThat(database.value("SELECT count(*) FROM hexai__checkpoints")).isEqualTo("1");
    }

    @Test
    void isNotTakenByAnInstanceWithOlderHandlers() {
        EventSubscriptionBuilder newer = one.balances("s").version(2).onRebuild(em -> {});
        EventSubscription second = one.start(newer);
        awaitStatus(second, SubscriptionStatus.RUNNING);
        second.awaitRebuilt(SOON);
        // It looks every fifty milliseconds whether it may take over.
        EventSubscription first = other.start(other.balances("s").lease(Duration.ofMillis(200)));
        second.close();
        other.store.store(new Deposited("a", 1));
        assertThatThrownBy(() -> first.awaitCaughtUp(Duration.ofMillis(500))).isInstanceOf(NotCaughtUpException.class);
        assertThat(first.state().status()).isEqualTo(SubscriptionStatus.STANDBY);
        assertThat(database.balances()).isEmpty();
    }
}
