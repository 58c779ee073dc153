package io.hexai.jpa.examples.orders;

import io.hexai.jpa.bootstrap.HexaiJpa;
import io.hexai.jpa.examples.orders.OrderEvent.OrderCancelled;
import io.hexai.jpa.examples.orders.OrderEvent.OrderPaid;
import io.hexai.jpa.examples.orders.OrderEvent.OrderPlaced;
import io.hexai.jpa.repository.EntityRepository;
import io.hexai.jpa.subscription.EventSubscription;
import java.util.List;
import org.hibernate.query.Order;

/** The projection: follows the events and keeps the summaries, each change in one transaction with the checkpoint. */
final class OrderSummaries implements AutoCloseable {

    private final HexaiJpa jpa;
    private final EntityRepository<OrderSummary, String> summaries;
    private final EventSubscription subscription;

    private OrderSummaries(HexaiJpa jpa) {
        this.jpa = jpa;
        this.summaries = EntityRepository.of(jpa.unitOfWork(), OrderSummary.class, String.class);
        this.subscription = EventSubscription.builder(jpa.eventStore(), "order-summaries")
                .on(
                        OrderPlaced.class,
                        (placed, event) -> summaries.add(new OrderSummary(placed.orderId(), placed.customer())))
                .on(
                        OrderPaid.class,
                        (paid, event) -> summaries.get(paid.orderId()).paid(paid.cents()))
                .on(
                        OrderCancelled.class,
                        (cancelled, event) -> summaries.get(cancelled.orderId()).cancelled(cancelled.reason()))
                .build();
    }

    static OrderSummaries follow(HexaiJpa jpa) {
        OrderSummaries summaries = new OrderSummaries(jpa);
        summaries.subscription.start();
        return summaries;
    }

    EventSubscription subscription() {
        return subscription;
    }

    List<OrderSummary> all() {
        return jpa.unitOfWork().call(() -> summaries.list(Order.asc(OrderSummary.class, "orderId")));
    }

    @Override
    public void close() {
        subscription.close();
    }
}
