package io.hexai.jpa.event;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Events of the tests. */
sealed interface OrderEvent {

    @EventType("order.order-placed")
    record OrderPlaced(String orderId, String customerId) implements OrderEvent {}

    @EventType("order.order-paid")
    record OrderPaid(String orderId, BigDecimal amount, Instant at, Method method) implements OrderEvent {}

    @EventType(value = "order.order-shipped", version = 3)
    record OrderShipped(
            String orderId, List<Parcel> parcels, Map<String, List<Integer>> notes, Optional<String> carrier)
            implements OrderEvent {}

    record Parcel(String code, double weight) {}

    enum Method {
        CARD,
        CASH
    }
}
