package io.hexai.jpa.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hexai.jpa.bootstrap.HexaiJpa;
import io.hexai.jpa.database.TableManager;
import io.hexai.jpa.event.EventMessage;
import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.EventTypes;
import io.hexai.jpa.event.PositionStrategy;
import io.hexai.jpa.subscription.AccountEvent.Deposited;
import io.hexai.jpa.subscription.AccountEvent.Noted;
import io.hexai.jpa.subscription.AccountEvent.Withdrawn;
import io.hexai.jpa.testing.LogLines;
import io.hexai.jpa.testing.TcpProxy;
import io.hexai.jpa.testing.TestPostgres;
import io.hexai.jpa.transaction.UnitOfWork;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LifecycleTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    /** The common pool of a machine with two cores has one thread, on JDK 25 for asynchronous tasks too. */
    private static final Executor OWN_THREAD = task -> new Thread(task).start();

    private final SubscriptionDatabase database = new SubscriptionDatabase();
    private final Application application = database.application();

    @AfterEach
    void drop() {
        database.close();
    }

    @Nested
    class Building {

        @Test
        void needsAHandler() {
            assertThatThrownBy(() -> application.subscription("s").build())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'s' has no handler");
        }

        @Test
        void refusesTwoHandlersForAnEvent() {
            assertThatThrownBy(() -> application
                            .subscription("s")
                            .on(Deposited.class, (payload, event) -> {})
                            .on(AccountEvent.class, (payload, event) -> {})
                            .build())
                    .hasMessageContaining("two handlers for " + Deposited.class.getName());
        }

        @Test
        void refusesAClassThatIsNotRegistered() {
            assertThatThrownBy(() -> application
                            .subscription("s")
                            .on(String.class, (payload, event) -> {})
                            .build())
                    .hasMessageContaining("java.lang.String")
                    .hasMessageContaining("EventTypes");
        }

        @ParameterizedTest
        @ValueSource(strings = {"", " ", "a\0b"})
        void refusesANameThatIsNone(String name) {
            assertThatThrownBy(() -> application.subscription(name)).isInstanceOf(IllegalArgumentException.class);
        }

        @Test
        void refusesAVersionThatCannotBeRebuilt() {
            assertThatThrownBy(() -> application.balances("s").version(2).build())
                    .hasMessageContaining("onRebuild(…) or readModel(…)");
        }
    }

    @Nested
    class Starting {

        @Test
        void twiceIsRefused() {
            EventSubscription subscription = application.start(application.balances("s"));
            assertThatThrownBy(subscription::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("'s' is started already");
        }

        @Test
        void asecondOneOfTheSameNameIsRefusedUntilTheFirstIsClosed() {
            EventSubscription first = application.start(application.balances("s"));
            EventSubscription second = application.build(application.balances("s"));
            assertThatThrownBy(second::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("has started a subscription 's' already");
            first.close();
            second.start();
        }

        @Test
        void withAPoolThatTheHandlersMayExhaustIsWarnedOf() {
            application.pool.setMaximumPoolSize(3);
            assertThat(warnings("s", 2)).isEmpty();
            assertThat(warnings("t", 1))
                    .singleElement()
                    .satisfies(line ->
                            assertThat(line).contains("has 3 connection(s)", "3 partition(s)", "[s, t]", "at least 4"));
            application.pool.setMaximumPoolSize(5);
            assertThat(warnings("u", 1)).isEmpty();
        }

        private List<String> warnings(String name, int partitions) {
            return LogLines.of(
                            EventSubscription.class,
                            () -> application.start(application.balances(name).partitions(partitions)))
                    .stream()
                    .filter(line -> line.startsWith("WARN The pool"))
                    .toList();
        }

        @Test
        void onTheStoreOfAnotherTableIsRefused() {
            application.start(application.balances("s")).close();
            Application other = database.application(OtherEvent.class);
            EventStore store = EventStore.builder(other.unitOfWork)
                    .entity(OtherEvent.class)
                    .types(EventTypes.ofSealed(AccountEvent.class))
                    .build();
            EventSubscription subscription = EventSubscription.builder(store, "s")
                    .onAny((payload, event) -> {})
                    .build();
            assertThatThrownBy(subscription::start)
                    .hasMessageContaining("follows the table hexai__events")
                    .hasMessageContaining("other_events");
        }

        @Test
        void followsTheStoreOfAnotherTableUnderAnOddName() {
            Application other = database.application(OtherEvent.class);
            EventStore store = EventStore.builder(other.unitOfWork)
                    .entity(OtherEvent.class)
                    .types(EventTypes.ofSealed(AccountEvent.class))
                    .build();
            String name = "o'dd \"näme\"; DROP TABLE balances -- ☃";
            EventSubscription subscription = other.build(EventSubscription.builder(store, name)
                    .on(Deposited.class, (deposited, event) -> other.add(deposited.account(), deposited.amount())));
            subscription.start();
            store.store(new Deposited("a", 5));
            application.store.store(new Deposited("a", 7));
            subscription.awaitCaughtUp(SOON);
            assertThat(database.balances()).containsExactly("a|5|1");
            assertThat(database.checkpoint(name)).isEqualTo(1);
            subscription.close();
        }
    }

    @Nested
    class Pausing {

        @Test
        void waitsForTheHandlerAndHoldsUntilItIsResumedAnywhere() throws Exception {
            CountDownLatch handling = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            EventSubscription subscription =
                    application.start(application.subscription("s").on(Deposited.class, (deposited, event) -> {
                        handling.countDown();
                        assertThat(go.await(30, TimeUnit.SECONDS)).isTrue();
                        application.add("a", 1);
                    }));
            application.store.store(new Deposited("a", 1));
            assertThat(handling.await(30, TimeUnit.SECONDS)).isTrue();
            CompletableFuture<Void> paused = CompletableFuture.runAsync(subscription::pause);
            await().atMost(SOON).until(() -> subscription.state().status() == SubscriptionStatus.PAUSED);
            assertThat(paused).isNotDone();
            go.countDown();
            paused.get(30, TimeUnit.SECONDS);
            assertThat(database.balances()).containsExactly("a|1|1");

            application.store.store(new Deposited("a", 1));
            assertThatThrownBy(() -> subscription.awaitCaughtUp(Duration.ofMillis(300)))
                    .hasMessageContaining("PAUSED");
            Application elsewhere = database.application();
            elsewhere.build(elsewhere.balances("s")).resume();
            subscription.awaitCaughtUp(SOON);
            assertThat(database.balances()).containsExactly("a|2|2");
        }
    }

    @Nested
    class Closing {

        @Test
        void finishesWhatTheHandlerIsAt() throws Exception {
            CountDownLatch handling = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            EventSubscription subscription =
                    application.start(application.subscription("s").on(Deposited.class, (deposited, event) -> {
                        handling.countDown();
                        assertThat(go.await(30, TimeUnit.SECONDS)).isTrue();
                        application.add("a", 1);
                    }));
            application.store.store(new Deposited("a", 1));
            assertThat(handling.await(30, TimeUnit.SECONDS)).isTrue();
            CompletableFuture<Void> closed = CompletableFuture.runAsync(subscription::close);
            await().atMost(SOON).until(() -> subscription.state().status() == SubscriptionStatus.CLOSED);
            application.store.store(new Deposited("a", 1));
            go.countDown();
            closed.get(30, TimeUnit.SECONDS);

            assertThat(database.balances()).containsExactly("a|1|1");
            assertThat(database.checkpoint("s")).isEqualTo(1);
            assertThat(database.rows("SELECT name FROM hexai__subscriptions WHERE owner IS NULL"))
                    .containsExactly("s");
            assertThat(application.pool.getHikariPoolMXBean().getActiveConnections())
                    .isZero();
        }

        @Test
        void interruptsAHandlerThatDoesNotReturnInTime() throws Exception {
            CountDownLatch handling = new CountDownLatch(1);
            CountDownLatch interrupted = new CountDownLatch(1);
            EventSubscription subscription = application.start(application
                    .subscription("s")
                    .closeTimeout(Duration.ofMillis(200))
                    .on(Deposited.class, (deposited, event) -> {
                        application.add("a", 1);
                        handling.countDown();
                        try {
                            new CountDownLatch(1).await();
                        } finally {
                            interrupted.countDown();
                        }
                    }));
            application.store.store(new Deposited("a", 1));
            assertThat(handling.await(30, TimeUnit.SECONDS)).isTrue();
            subscription.close();
            assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(database.balances()).isEmpty();
            assertThat(database.checkpoint("s")).isZero();
        }

        @Test
        void endsThreadsAndGivesConnectionsBackWhileTheDatabaseCannotBeReached() throws Exception {
            TcpProxy proxy = TcpProxy.before(database.jdbcUrl());
            Application cutOff = database.applicationAt(proxy.jdbcUrl());
            CountDownLatch retrying = new CountDownLatch(1);
            EventSubscription subscription = cutOff.start(cutOff.balances("cut off")
                    .partitions(3)
                    .pollInterval(Duration.ofMillis(20))
                    .closeTimeout(Duration.ofSeconds(1))
                    .listener(new SubscriptionListener() {
                        @Override
                        public void retrying(String name, Throwable failure, int attempt) {
                            retrying.countDown();
                        }
                    }));
            cutOff.store.store(new Deposited("a", 1));
            subscription.awaitCaughtUp(SOON);
            assertThat(threads("hexai-subscription-cut off")).isNotEmpty();
            proxy.close();
            assertThat(retrying.await(30, TimeUnit.SECONDS)).isTrue();

            CompletableFuture.runAsync(subscription::close).get(60, TimeUnit.SECONDS);
            await().atMost(SOON)
                    .until(() -> threads("hexai-subscription-cut off").isEmpty());
            await().atMost(SOON)
                    .until(() -> threads("hexai-subscription-listener").isEmpty());
            assertThat(cutOff.pool.getHikariPoolMXBean().getActiveConnections()).isZero();
        }

        private List<String> threads(String prefix) {
            return Thread.getAllStackTraces().keySet().stream()
                    .map(Thread::getName)
                    .filter(name -> name.startsWith(prefix))
                    .toList();
        }

        @Test
        void whileTheStartWaitsForTheDatabaseDoesNotWaitForIt() throws Exception {
            EventSubscription subscription = application.build(application.balances("s"));
            try (Connection locking = database.connect();
                    Statement statement = locking.createStatement()) {
                locking.setAutoCommit(false);
                statement.execute("LOCK TABLE hexai__subscriptions");
                CompletableFuture<Void> started = CompletableFuture.runAsync(subscription::start, OWN_THREAD);
                await().atMost(SOON)
                        .until(() -> database.value(
                                        "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation ="
                                                + " 'hexai__subscriptions'::regclass"
                                                + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")
                                .equals("1"));
                CompletableFuture.runAsync(subscription::close, OWN_THREAD).get(30, TimeUnit.SECONDS);
                locking.rollback();
                assertThatThrownBy(() -> started.get(30, TimeUnit.SECONDS)).hasMessageContaining("is closed");
            }
            assertThat(threads("hexai-subscription-s-")).isEmpty();
            application.start(application.balances("s"));
        }

        @Test
        void byAHandlerIsRefused() {
            AtomicReference<EventSubscription> subscription = new AtomicReference<>();
            AtomicReference<Throwable> refusal = new AtomicReference<>();
            subscription.set(application.start(application.subscription("s").on(Withdrawn.class, (withdrawn, event) -> {
                try {
                    subscription.get().close();
                } catch (IllegalStateException e) {
                    refusal.set(e);
                }
            })));
            application.store.store(new Withdrawn("a", 1));
            subscription.get().awaitCaughtUp(SOON);
            assertThat(refusal.get()).hasMessageContaining("cannot be closed by its own handler");
        }

        @Test
        void twiceDoesNothingAndUseAfterwardsIsRefused() {
            EventSubscription subscription = application.start(application.balances("s"));
            subscription.close();
            subscription.close();
            for (Runnable use : new Runnable[] {
                subscription::start,
                subscription::pause,
                subscription::resume,
                subscription::rebuild,
                () -> subscription.awaitCaughtUp(SOON)
            }) {
                assertThatThrownBy(use::run)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("'s' is closed");
            }
            assertThat(subscription.state().status()).isEqualTo(SubscriptionStatus.CLOSED);
            assertThat(subscription.lag().isNone()).isTrue();
        }
    }

    @Nested
    class TheTables {

        @Test
        void areAsTheEntitiesMapThem() {
            assertThatCode(() -> factory(database.jdbcUrl(), "validate").close())
                    .doesNotThrowAnyException();
        }

        @Test
        void mayBeMadeByHibernate() {
            String url = TestPostgres.newDatabase();
            try (SessionFactory factory = factory(url, "create")) {
                EventStore store = EventStore.builder(UnitOfWork.of(factory))
                        .types(EventTypes.ofSealed(AccountEvent.class))
                        .positionStrategy(PositionStrategy.COUNTER)
                        .build();
                factory.inTransaction(session -> session.createNativeMutationQuery("CREATE TABLE"
                                + " hexai__event_position_counter AS SELECT 1 AS id, 0::bigint AS last_position")
                        .executeUpdate());
                try (EventSubscription subscription = EventSubscription.builder(store, "s")
                        .onAny((payload, event) -> {
                            throw new IllegalStateException("no");
                        })
                        .onPoison(PoisonPolicy.deadLetter().withAttempts(1))
                        .build()) {
                    subscription.start();
                    store.store(EventMessage.of(new Noted("x")));
                    subscription.awaitCaughtUp(SOON);
                    assertThat(subscription.deadLetters().count()).isEqualTo(1);
                }
            } finally {
                TestPostgres.dropDatabase(url);
            }
        }

        private SessionFactory factory(String url, String action) {
            return new HibernatePersistenceConfiguration("tables")
                    .managedClasses(HexaiJpa.managedClasses())
                    .property(AvailableSettings.JAKARTA_JDBC_URL, url)
                    .property(AvailableSettings.HBM2DDL_AUTO, action)
                    .createEntityManagerFactory();
        }
    }

    @Test
    void beginsAnewWhenTheTablesAreEmptiedUnderIt() {
        EventSubscription subscription =
                application.start(application.balances("s").lease(Duration.ofMillis(600)));
        application.store.store(new Deposited("a", 1));
        subscription.awaitCaughtUp(SOON);
        TableManager.of(application.pool).truncateAll();
        application.store.store(new Noted("anew"));
        application.store.store(new Deposited("b", 2));
        subscription.awaitCaughtUp(SOON);
        assertThat(database.balances()).containsExactly("b|2|1");
    }
}
