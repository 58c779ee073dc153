package io.hexai.jpa.examples.quickstart;

import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.examples.quickstart.OrderEvent.OrderPlaced;
import io.hexai.jpa.examples.quickstart.OrderEvent.PaymentRefused;
import io.hexai.jpa.examples.quickstart.OrderEvent.PaymentTaken;
import io.hexai.jpa.examples.quickstart.OrderEvent.ProductUnknown;
import io.hexai.jpa.examples.quickstart.OrderEvent.QuantityInvalid;
import io.hexai.jpa.examples.quickstart.OrderEvent.StockReserved;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.RetryEvent;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.EntityManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Takes orders, each in one unit of work. Thread-safe: many threads take orders for the same products. */
final class OrderDesk {

    private final UnitOfWork unitOfWork;
    private final UnitOfWork nested;
    private final EventStore events;

    OrderDesk(UnitOfWork unitOfWork, EventStore events, Consumer<RetryEvent> onRetry) {
        this.unitOfWork = unitOfWork.with(options -> options.withRetry(Retries.toldTo(onRetry)));
        this.nested = unitOfWork.with(Propagation.NESTED);
        this.events = events;
    }

    /** Stores an order and what becomes of it; empty if an order with this id is there already. */
    Optional<OrderStatus> take(IncomingOrder incoming) {
        return unitOfWork.call(em -> {
            if (em.find(Order.class, incoming.id()) != null) {
                return Optional.empty();
            }
            Order order = Order.of(incoming);
            em.persist(order);
            events.store(new OrderPlaced(order.id(), order.customer()));
            try {
                nested.run(() -> fulfil(em, order, incoming.cardLimitCents()));
                return Optional.of(order.become(OrderStatus.CONFIRMED));
            } catch (RefusedException e) {
                // Stock, payment and events are as they were before, in the database and in memory; the order stays.
                events.store(e.refusal());
                return Optional.of(order.become(e.refusal().status()));
            }
        });
    }

    private void fulfil(EntityManager em, Order order, long cardLimitCents) throws RefusedException {
        List<Product> products = products(em, order);
        List<StockReserved> reserved = new ArrayList<>();
        long cents = 0;
        for (int i = 0; i < products.size(); i++) {
            int quantity = order.lines().get(i).quantity();
            reserved.add(products.get(i).reserve(order.id(), quantity));
            cents += products.get(i).priceOf(quantity);
        }
        events.storeAll(reserved);
        pay(em, order, cents, cardLimitCents);
    }

    private static List<Product> products(EntityManager em, Order order) throws RefusedException {
        List<Product> products = new ArrayList<>();
        for (OrderLine line : order.lines()) {
            if (line.quantity() < 1) {
                throw new RefusedException(new QuantityInvalid(order.id(), line.sku(), line.quantity()));
            }
            Product product = em.find(Product.class, line.sku());
            if (product == null) {
                throw new RefusedException(new ProductUnknown(order.id(), line.sku()));
            }
            products.add(product);
        }
        return products;
    }

    private void pay(EntityManager em, Order order, long cents, long cardLimitCents) throws RefusedException {
        if (cents > cardLimitCents) {
            throw new RefusedException(new PaymentRefused(order.id(), cents, cardLimitCents));
        }
        em.persist(new Payment(order.id(), cents));
        events.store(new PaymentTaken(order.id(), cents));
    }
}
