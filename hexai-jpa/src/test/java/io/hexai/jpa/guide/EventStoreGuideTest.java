package io.hexai.jpa.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.database.Migrations;
import io.hexai.jpa.event.AggregateRoot;
import io.hexai.jpa.event.CurrentMessage;
import io.hexai.jpa.event.EventEntity;
import io.hexai.jpa.event.EventFilter;
import io.hexai.jpa.event.EventMessage;
import io.hexai.jpa.event.EventPage;
import io.hexai.jpa.event.EventPositions;
import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.EventType;
import io.hexai.jpa.event.EventTypes;
import io.hexai.jpa.event.ExpectedVersion;
import io.hexai.jpa.event.HexaiEvent;
import io.hexai.jpa.event.PositionStrategy;
import io.hexai.jpa.event.StoredEvent;
import io.hexai.jpa.event.StreamId;
import io.hexai.jpa.event.VersionConflictException;
import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.testing.TestPostgres;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.RetryPolicy;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.util.List;
import java.util.stream.Stream;
import org.hibernate.SessionFactory;
import org.hibernate.annotations.Immutable;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The snippets of {@code docs/guide/event-store.md}. */
class EventStoreGuideTest {

    // region types
    sealed interface OrderEvent {}

    @EventType("order.order-placed")
    record OrderPlaced(String orderId, String customerId) implements OrderEvent {}

    @EventType(value = "order.order-shipped", version = 2)
    record OrderShipped(String orderId, List<String> parcels) implements OrderEvent {}
    // endregion

    // region aggregate
    @Entity
    static class Basket extends AggregateRoot {
        @Id
        String id;

        @Version
        int version;

        int items;

        protected Basket() {}

        Basket(String id) {
            this.id = id;
        }

        void put(String product) {
            items++;
            raise(new ItemPut(id, product));
        }
    }

    @EventType("basket.item-put")
    record ItemPut(String basket, String product) {}
    // endregion

    // region table
    @Entity
    @Immutable
    @Table(name = "invoicing_events")
    static class InvoicingEvent extends EventEntity {}
    // endregion

    HikariDataSource dataSource;
    SessionFactory entityManagerFactory;
    UnitOfWork unitOfWork;
    EventStore store;

    @BeforeEach
    void start() {
        dataSource = TestFactory.pool(TestPostgres.newDatabase(), 10);
        Migrations.runBuiltIn(dataSource);
        // region migrate
        Migrations.runEventTable(dataSource, "invoicing_events");
        // endregion
        entityManagerFactory = new HibernatePersistenceConfiguration("guide")
                .managedClasses(HexaiEvent.class, InvoicingEvent.class, Basket.class)
                .property(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, dataSource)
                .property(AvailableSettings.HBM2DDL_AUTO, "update")
                .createEntityManagerFactory();
        unitOfWork = UnitOfWork.of(entityManagerFactory);
        // region create
        EventTypes types = EventTypes.ofSealed(OrderEvent.class).and(EventTypes.of(ItemPut.class));
        store = EventStore.builder(unitOfWork).types(types).drainAggregates().build();
        // endregion
    }

    @AfterEach
    void stop() {
        entityManagerFactory.close();
        String url = dataSource.getJdbcUrl();
        dataSource.close();
        TestPostgres.dropDatabase(url);
    }

    @Test
    void stores() {
        // region store
        StoredEvent placed = store.store(new OrderPlaced("order-123", "customer-456"));

        unitOfWork.run(em -> {
            em.persist(new Basket("basket-1"));
            store.storeAll(List.of(
                    new OrderShipped("order-123", List.of("parcel-1")),
                    EventMessage.of(new OrderPlaced("order-124", "customer-456"))
                            .withHeader("tenant", "acme")
                            .causedBy(placed.message())));
        });
        // endregion
        assertThat(store.fetch(0, 10).events())
                .extracting(StoredEvent::type)
                .containsExactly("order.order-placed", "order.order-shipped", "order.order-placed");
    }

    @Test
    void fetches() {
        store.storeAll(List.of(new OrderPlaced("1", "c"), new OrderPlaced("2", "c"), new OrderPlaced("3", "c")));
        StringBuilder seen = new StringBuilder();
        long checkpoint = 0;
        // region fetch
        EventPage page;
        do {
            page = store.fetch(checkpoint, 2);
            for (StoredEvent event : page.events()) {
                event.payloadAs(OrderPlaced.class).ifPresent(placed -> seen.append(placed.orderId()));
            }
            checkpoint = page.nextPosition();
        } while (!page.isLast());
        // endregion
        assertThat(seen).hasToString("123");
        // region stream
        try (Stream<StoredEvent> shipped = store.stream(0, 1_000, EventFilter.types(OrderShipped.class))) {
            shipped.forEach(event -> seen.append(event.position()));
        }
        // endregion
        assertThat(seen).hasToString("123");
    }

    @Test
    void appends() {
        // region append
        StreamId order = StreamId.of("order", "123");
        store.append(order, ExpectedVersion.noStream(), List.of(new OrderPlaced("123", "customer-456")));

        unitOfWork.with(o -> o.withRetry(RetryPolicy.attempts(3))).run(() -> {
            List<StoredEvent> history = store.readStream(order);
            store.append(
                    order, ExpectedVersion.exactly(history.size()), List.of(new OrderShipped("123", List.of("p"))));
        });
        // endregion
        assertThat(store.readStream(order)).hasSize(2);
        assertThatThrownBy(() -> store.append(order, ExpectedVersion.exactly(1), List.of(new OrderPlaced("1", "c"))))
                .isInstanceOf(VersionConflictException.class);
    }

    @Test
    void upcasts() {
        // region upcast
        EventTypes types = EventTypes.of(OrderShipped.class).withUpcaster(OrderShipped.class, 1, json -> {
            ObjectNode shipped = (ObjectNode) json;
            shipped.putArray("parcels").add(shipped.remove("parcel"));
            return shipped;
        });
        // endregion
        ObjectNode old =
                JsonMapper.shared().createObjectNode().put("orderId", "1").put("parcel", "p");
        store.store(EventMessage.ofJson("order.order-shipped", 1, old));
        EventStore upcasting = EventStore.builder(unitOfWork).types(types).build();
        assertThat(upcasting.fetch(0, 1).events().get(0).payload()).isEqualTo(new OrderShipped("1", List.of("p")));
    }

    @Test
    void drains() {
        // region drain
        unitOfWork.run(em -> {
            Basket basket = new Basket("basket-1");
            em.persist(basket);
            basket.put("apple");
            unitOfWork.with(Propagation.NESTED).run(() -> {
                basket.put("pear");
                unitOfWork.current().preventCommit();
            });
        });
        // endregion
        assertThat(store.fetch(0, 10).events())
                .extracting(StoredEvent::payload)
                .containsExactly(new ItemPut("basket-1", "apple"));
    }

    @Test
    void handles() {
        StoredEvent placed = store.store(new OrderPlaced("1", "c"));
        // region handle
        CurrentMessage.run(
                placed.message(), () -> unitOfWork.run(() -> store.store(new OrderShipped("1", List.of("parcel-1")))));
        // endregion
        assertThat(store.fetch(1, 1).events().get(0).message().causation())
                .isEqualTo(placed.message().asTrace());
    }

    @Test
    void usesAnotherTable() {
        EventTypes types = EventTypes.of(OrderPlaced.class);
        // region entity
        EventStore invoicing = EventStore.builder(unitOfWork)
                .types(types)
                .entity(InvoicingEvent.class)
                .build();
        // endregion
        invoicing.store(new OrderPlaced("1", "c"));
        assertThat(invoicing.count(0)).isEqualTo(1);
        assertThat(store.count(0)).isZero();
    }

    @Test
    void movesToACounter() {
        store.store(new OrderPlaced("1", "c"));

        // region move
        EventPositions.of(unitOfWork).moveTo(PositionStrategy.COUNTER);
        // endregion

        EventStore counting = EventStore.builder(unitOfWork)
                .types(EventTypes.ofSealed(OrderEvent.class))
                .positionStrategy(PositionStrategy.COUNTER)
                .build();
        assertThat(counting.store(new OrderPlaced("2", "c")).position()).isEqualTo(2);
    }
}
