package io.hexai.jpa.examples.orders;

import static org.assertj.core.api.Assertions.assertThat;

import io.hexai.jpa.database.Migrations;
import io.hexai.jpa.event.EventEntity_;
import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.EventTypes;
import io.hexai.jpa.event.ExpectedVersion;
import io.hexai.jpa.event.StreamId;
import io.hexai.jpa.test.TestDatabase;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.data.Order;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.criteria.Root;
import java.util.List;
import javax.sql.DataSource;
import org.hibernate.Session;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Event tables of one's own, and the metamodels that Hibernate's processor makes for their entities. */
class EventMetamodelTest {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.named("invoicing").entities(InvoicingEvent.class);

    private static UnitOfWork unitOfWork;

    @BeforeAll
    static void store(DataSource dataSource, EntityManagerFactory factory) {
        Migrations.runEventTable(dataSource, "invoicing_events");
        unitOfWork = UnitOfWork.of(factory);
        EventStore store = EventStore.builder(unitOfWork)
                .types(EventTypes.ofSealed(OrderEvent.class))
                .entity(InvoicingEvent.class)
                .build();
        store.store(new OrderEvent.OrderPlaced("order-1", "Ann"));
        store.append(
                StreamId.of("order", "1"),
                ExpectedVersion.noStream(),
                List.of(new OrderEvent.OrderPlaced("order-2", "Bob")));
    }

    @Test
    void isThatOfJpaForCriteria() {
        unitOfWork.run(em -> {
            var builder = em.getCriteriaBuilder();
            var query = builder.createQuery(InvoicingEvent.class);
            Root<InvoicingEvent> event = query.from(InvoicingEvent.class);
            query.where(builder.equal(event.get(InvoicingEvent_.streamId), "order-1"));

            assertThat(em.createQuery(query).getSingleResult().getPayload()).contains("Bob");
            assertThat(InvoicingEvent_.MESSAGE_TYPE).isEqualTo(EventEntity_.messageType.getName());
        });
    }

    @Test
    void isThatOfJakartaDataForRepositories() {
        unitOfWork.run(em -> {
            InvoicingEvents events = new InvoicingEvents_(em.unwrap(Session.class));

            assertThat(events.of("orders.order-placed", Order.by(_InvoicingEvent.position.desc())))
                    .extracting(InvoicingEvent::getPosition)
                    .containsExactly(2L, 1L);
            assertThat(events.ofStream("order-1")).hasSize(1);
        });
    }
}
