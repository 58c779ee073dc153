package io.hexai.jpa.guide;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.bootstrap.HexaiJpa;
import io.hexai.jpa.database.Migrations;
import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.EventType;
import io.hexai.jpa.event.EventTypes;
import io.hexai.jpa.event.ExpectedVersion;
import io.hexai.jpa.event.StreamId;
import io.hexai.jpa.subscription.DeadLetter;
import io.hexai.jpa.subscription.EventSubscription;
import io.hexai.jpa.subscription.PoisonPolicy;
import io.hexai.jpa.subscription.StartPosition;
import io.hexai.jpa.subscription.SubscriptionState;
import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.testing.TestPostgres;
import io.hexai.jpa.transaction.Registration;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Duration;
import java.util.List;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The snippets of {@code docs/guide/subscriptions.md}. */
class SubscriptionGuideTest {

    sealed interface OrderEvent {}

    @EventType("order.order-placed")
    record OrderPlaced(String orderId, String customerId) implements OrderEvent {}

    @EventType("order.order-shipped")
    record OrderShipped(String orderId) implements OrderEvent {}

    @Entity
    @Table(name = "order_summary")
    static class OrderSummary {
        @Id
        String customerId;

        int placed;

        protected OrderSummary() {}

        OrderSummary(String customerId) {
            this.customerId = customerId;
        }

        static void count(EntityManager em, String customerId) {
            OrderSummary summary = em.find(OrderSummary.class, customerId);
            if (summary == null) {
                summary = new OrderSummary(customerId);
                em.persist(summary);
            }
            summary.placed++;
        }
    }

    HikariDataSource dataSource;
    SessionFactory entityManagerFactory;
    UnitOfWork unitOfWork;
    EventStore store;

    @BeforeEach
    void start() {
        dataSource = TestFactory.pool(TestPostgres.newDatabase(), 10);
        Migrations.runBuiltIn(dataSource);
        entityManagerFactory = new HibernatePersistenceConfiguration("guide")
                .managedClasses(HexaiJpa.managedClasses())
                .managedClass(OrderSummary.class)
                .property(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, dataSource)
                .property(AvailableSettings.HBM2DDL_AUTO, "update")
                .createEntityManagerFactory();
        unitOfWork = UnitOfWork.of(entityManagerFactory);
        store = EventStore.builder(unitOfWork)
                .types(EventTypes.ofSealed(OrderEvent.class))
                .build();
    }

    @AfterEach
    void stop() {
        entityManagerFactory.close();
        String url = dataSource.getJdbcUrl();
        dataSource.close();
        TestPostgres.dropDatabase(url);
    }

    private int placed(String customerId) {
        return unitOfWork.call(em -> em.find(OrderSummary.class, customerId).placed);
    }

    @Test
    void follows() {
        // region follow
        EventSubscription summary = EventSubscription.builder(store, "order-summary")
                .startAt(StartPosition.beginning())
                .on(
                        OrderPlaced.class,
                        (placed, event) -> OrderSummary.count(unitOfWork.entityManager(), placed.customerId()))
                .build();
        summary.start();
        // endregion
        try (summary) {
            // region await
            store.store(new OrderPlaced("order-123", "customer-456"));
            summary.awaitCaughtUp(Duration.ofSeconds(20));
            // endregion
            assertThat(placed("customer-456")).isEqualTo(1);
            // region state
            SubscriptionState state = summary.state();
            String line =
                    state.name() + " is " + state.status() + ", " + state.lag().events() + " events behind";
            // endregion
            assertThat(line).isEqualTo("order-summary is RUNNING, 0 events behind");
        }
    }

    @Test
    void parks() {
        boolean[] broken = {true};
        // region poison
        EventSubscription summary = EventSubscription.builder(store, "order-summary")
                .on(OrderPlaced.class, (placed, event) -> {
                    if (broken[0]) {
                        throw new IllegalArgumentException("no such customer");
                    }
                    OrderSummary.count(unitOfWork.entityManager(), placed.customerId());
                })
                .onPoison(PoisonPolicy.deadLetter()
                        .withAttempts(2)
                        .withBackoff(Duration.ofMillis(10), Duration.ofSeconds(1))
                        .withFollowersOfStream())
                .build();
        // endregion
        summary.start();
        try (summary) {
            StreamId order = StreamId.of("order", "1");
            store.append(order, ExpectedVersion.any(), List.of(new OrderPlaced("1", "c"), new OrderPlaced("1", "c")));
            summary.awaitCaughtUp(Duration.ofSeconds(20));
            broken[0] = false;
            // region replay
            for (DeadLetter letter : summary.deadLetters().list(100)) {
                summary.deadLetters().replay(letter.position()); // or discard it
            }
            // endregion
            assertThat(placed("c")).isEqualTo(2);
            assertThat(summary.deadLetters().count()).isZero();
        }
    }

    @Test
    void rebuilds() {
        // region rebuild
        EventSubscription summary = EventSubscription.builder(store, "order-summary")
                .on(
                        OrderPlaced.class,
                        (placed, event) -> OrderSummary.count(unitOfWork.entityManager(), placed.customerId()))
                .readModel(OrderSummary.class)
                .build();
        summary.start();
        summary.rebuild();
        summary.awaitRebuilt(Duration.ofMinutes(1));
        // endregion
        try (summary) {
            store.store(new OrderPlaced("order-123", "c"));
            summary.awaitCaughtUp(Duration.ofSeconds(20));
            assertThat(placed("c")).isEqualTo(1);
        }
    }

    @Test
    void partitions() {
        // region partitions
        EventSubscription summary = EventSubscription.builder(store, "order-summary")
                .partitions(4)
                .on(
                        OrderPlaced.class,
                        (placed, event) -> OrderSummary.count(unitOfWork.entityManager(), placed.customerId()))
                .build();
        // endregion
        summary.start();
        try (summary) {
            store.append(StreamId.of("order", "1"), ExpectedVersion.any(), List.of(new OrderPlaced("1", "c")));
            summary.awaitCaughtUp(Duration.ofSeconds(20));
            assertThat(placed("c")).isEqualTo(1);
        }
    }

    @Test
    void announces() {
        // region announce
        Registration announcing = EventSubscription.announceAppends(store);
        // endregion
        store.store(new OrderShipped("1"));
        announcing.close();
    }
}
