package io.hexai.jpa.examples.orders;

import io.hexai.jpa.event.EventType;

/** What happens to orders. */
sealed interface OrderEvent {

    /** An order came in. */
    @EventType("orders.order-placed")
    record OrderPlaced(String orderId, String customer) implements OrderEvent {}

    /** An order was paid. */
    @EventType("orders.order-paid")
    record OrderPaid(String orderId, long cents) implements OrderEvent {}

    /** An order will not be delivered. */
    @EventType("orders.order-cancelled")
    record OrderCancelled(String orderId, String reason) implements OrderEvent {}
}
