package io.hexai.jpa.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.bootstrap.HexaiJpa;
import io.hexai.jpa.database.Migrations;
import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.EventTableException;
import io.hexai.jpa.event.EventType;
import io.hexai.jpa.event.EventTypes;
import io.hexai.jpa.subscription.EventSubscription;
import io.hexai.jpa.subscription.PoisonPolicy;
import io.hexai.jpa.subscription.SubscriptionStatus;
import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.testing.TestPostgres;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.UnitOfWork;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.persistence.EntityManager;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.stream.IntStream;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What {@code docs/guide/operations.md} says, and its snippets. */
class OperationsGuideTest {

    @EventType("order.order-placed")
    record OrderPlaced(String orderId) {}

    private final String url = TestPostgres.newDatabase();
    private HikariDataSource pool;
    private SessionFactory factory;
    private UnitOfWork unitOfWork;

    private void open(int connections) {
        pool = TestFactory.pool(url, connections);
        Migrations.runBuiltIn(pool);
        factory = new HibernatePersistenceConfiguration("operations")
                .managedClasses(HexaiJpa.managedClasses())
                .property(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, pool)
                .createEntityManagerFactory();
        unitOfWork = UnitOfWork.of(factory);
    }

    private EventStore store() {
        return EventStore.builder(unitOfWork)
                .types(EventTypes.of(OrderPlaced.class))
                .build();
    }

    @AfterEach
    void close() {
        factory.close();
        pool.close();
        TestPostgres.dropDatabase(url);
    }

    @Nested
    class PoolsWithNew {

        private static final int THREADS = 4;

        private final Phaser allHoldAConnection = new Phaser(THREADS);
        private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

        @AfterEach
        void end() {
            threads.shutdownNow();
        }

        @Test
        void areNeverStuckWithOneConnectionMoreThanSuspendedTransactionsHold() {
            open(THREADS + 1);

            assertThat(failures()).isEmpty();
        }

        @Test
        void failSoonAndSayWhyWithOneLess() {
            open(THREADS);

            assertThat(failures())
                    .isNotEmpty()
                    .allSatisfy(failure ->
                            assertThat(failure).hasStackTraceContaining("No connection for Propagation.NEW"));
        }

        private List<Throwable> failures() {
            return IntStream.range(0, THREADS)
                    .mapToObj(
                            i -> CompletableFuture.runAsync(() -> unitOfWork.run(this::suspendAndRunAnother), threads))
                    .toList()
                    .stream()
                    .map(thread -> thread.handle((ended, failure) -> failure))
                    .map(CompletableFuture::join)
                    .filter(Objects::nonNull)
                    .toList();
        }

        private void suspendAndRunAnother(EntityManager entityManager) {
            select(entityManager);
            allHoldAConnection.arriveAndAwaitAdvance();
            unitOfWork.with(Propagation.NEW).run(this::select);
        }

        private void select(EntityManager entityManager) {
            entityManager.createNativeQuery("SELECT 1").getSingleResult();
        }
    }

    @Nested
    class Tables {

        @Test
        void haveNoIndexOnWhatSubscriptionsChangeAllTheTime() {
            open(2);

            assertThat(
                            TestPostgres.select(
                                    url,
                                    "SELECT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)"
                                            + " WHERE indrelid IN ('hexai__checkpoints'::regclass, 'hexai__subscriptions'::regclass)"))
                    .containsOnly("subscription", "generation", "partition", "name", "id");
        }

        @Test
        void letTheEventTableBeVacuumedByTheNumberOfItsInserts() {
            open(2);
            TestPostgres.execute(url, VACUUM);

            assertThat(TestPostgres.select(
                            url,
                            "SELECT array_to_string(reloptions, ' ') FROM pg_class WHERE relname = 'hexai__events'"))
                    .containsExactly("autovacuum_vacuum_insert_scale_factor=0 autovacuum_vacuum_insert_threshold=100000"
                            + " autovacuum_analyze_scale_factor=0 autovacuum_analyze_threshold=100000");
        }

        // region vacuum
        static final String VACUUM = """
                ALTER TABLE hexai__events SET (
                  autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 100000,
                  autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 100000)
                """;
        // endregion

        @Test
        void tellAfterARestoreThatTheSequenceIsBehind() {
            open(4);
            EventStore store = store();
            store.storeAll(List.of(new OrderPlaced("1"), new OrderPlaced("2")));
            TestPostgres.execute(url, "ALTER SEQUENCE hexai__events_position_seq RESTART");

            assertThatThrownBy(() -> store.store(new OrderPlaced("3"))).isInstanceOf(EventTableException.class);
            TestPostgres.execute(url, SEQUENCE);
            assertThat(store.store(new OrderPlaced("3")).position()).isEqualTo(3);
        }

        // region sequence
        static final String SEQUENCE =
                "SELECT setval('hexai__events_position_seq', (SELECT max(position) FROM hexai__events))";
        // endregion
    }

    @Nested
    class Watching {

        // region watch
        static final String SUBSCRIPTIONS = """
                SELECT s.name, s.owner, s.lease_until > now() AS owned, s.paused, s.failed_position, s.failure,
                       (SELECT min(c.position) FROM hexai__checkpoints c
                        WHERE c.subscription = s.name AND c.generation = s.generation) AS checkpoint,
                       (SELECT max(e.position) FROM hexai__events e) AS last_event
                FROM hexai__subscriptions s
                """;
        // endregion

        @Test
        void tellsOfASubscriptionThatHasStopped() {
            open(10);
            EventStore store = store();
            SimpleMeterRegistry meterRegistry = new SimpleMeterRegistry();
            try (EventSubscription summary = EventSubscription.builder(store, "order-summary")
                    .on(OrderPlaced.class, (placed, event) -> {
                        throw new IllegalArgumentException("no such customer");
                    })
                    .onPoison(PoisonPolicy.stop().withAttempts(1))
                    .build()) {
                // region gauges
                Gauge.builder("subscription.lag", summary, each -> each.lag().events())
                        .register(meterRegistry);
                Gauge.builder(
                                "subscription.deadLetters",
                                summary,
                                each -> each.state().deadLetters())
                        .register(meterRegistry);
                Gauge.builder(
                                "subscription.failing",
                                summary,
                                each -> each.state().failure() == null ? 0 : 1)
                        .register(meterRegistry);
                // endregion
                summary.start();
                store.store(new OrderPlaced("1"));
                await().atMost(Duration.ofMinutes(1))
                        .until(() -> summary.state().status() == SubscriptionStatus.STOPPED);

                assertThat(meterRegistry.get("subscription.lag").gauge().value())
                        .isEqualTo(1);
                assertThat(meterRegistry.get("subscription.deadLetters").gauge().value())
                        .isZero();
                assertThat(meterRegistry.get("subscription.failing").gauge().value())
                        .isEqualTo(1);
                assertThat(TestPostgres.select(
                                url, "SELECT failed_position || failure FROM (" + SUBSCRIPTIONS + ") watched"))
                        .singleElement()
                        .asString()
                        .startsWith("1")
                        .contains("no such customer");
            }
        }
    }
}
