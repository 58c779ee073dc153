package io.hexai.jpa.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.hexai.jpa.bootstrap.HexaiJpa;
import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.EventTypes;
import io.hexai.jpa.event.StoredEvent;
import io.hexai.jpa.examples.quickstart.OrderEvent.OrderPlaced;
import io.hexai.jpa.examples.quickstart.OrderEvent.PaymentRefused;
import io.hexai.jpa.examples.quickstart.OrderEvent.PaymentTaken;
import io.hexai.jpa.test.PostgresTest;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.UnitOfWork;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The example in the README, which shows the region below. */
@PostgresTest(builtIn = false)
class ReadmeTest {

    private static final long CARD_LIMIT = 5_000;

    private UnitOfWork unitOfWork;
    private EventStore events;

    @Test
    void keepsTheOrderWhenThePaymentIsRefused(PostgresConfig database) throws SQLException {
        try (HexaiJpa jpa = HexaiJpa.builder(database)
                .entities(Product.class, Order.class, OrderLine.class, Payment.class)
                .events(EventTypes.ofSealed(OrderEvent.class))
                .migrate("classpath:quickstart/changelog.xml")
                .build()) {
            unitOfWork = jpa.unitOfWork();
            events = jpa.eventStore();

            place(order("order-1"), 3_000);
            place(order("order-2"), 9_000);

            assertThat(new Shop(database).statusByOrder())
                    .containsEntry("order-1", "CONFIRMED")
                    .containsEntry("order-2", "PAYMENT_REFUSED");
            assertThat(new Shop(database).map("SELECT order_id, cents FROM quickstart_payment"))
                    .containsOnlyKeys("order-1");
            assertThat(events.fetch(0, 10).events())
                    .extracting(StoredEvent::type)
                    .containsExactly(
                            "quickstart.order-placed",
                            "quickstart.payment-taken",
                            "quickstart.order-placed",
                            "quickstart.payment-refused");
        }
    }

    private void place(Order order, long cents) {
        // region readme
        unitOfWork.run(em -> {
            em.persist(order);
            events.store(new OrderPlaced(order.id(), order.customer()));
            try {
                unitOfWork.with(Propagation.NESTED).run(() -> pay(order, cents));
            } catch (RefusedException e) { // what pay() did is undone, in the database and in memory
                order.become(OrderStatus.PAYMENT_REFUSED);
                events.store(e.refusal());
            }
        });
        // endregion
    }

    private void pay(Order order, long cents) throws RefusedException {
        order.become(OrderStatus.CONFIRMED);
        unitOfWork.entityManager().persist(new Payment(order.id(), cents));
        events.store(new PaymentTaken(order.id(), cents));
        if (cents > CARD_LIMIT) {
            throw new RefusedException(new PaymentRefused(order.id(), cents, CARD_LIMIT));
        }
    }

    private static Order order(String id) {
        return Order.of(
                new IncomingOrder(id, "customer-1", CARD_LIMIT, List.of(new IncomingOrder.Line("tea-assam", 1))));
    }
}
