package io.hexai.jpa.benchmarks;

import io.hexai.jpa.event.EventType;
import java.util.List;
import java.util.stream.IntStream;

/** What is appended, and read. */
@EventType("order.order-placed")
record OrderPlaced(String orderId, String customerId, long cents) {

    static OrderPlaced number(int number) {
        return new OrderPlaced("order-" + number, "customer-456", 4_950);
    }

    static List<OrderPlaced> many(int count) {
        return IntStream.range(0, count).mapToObj(OrderPlaced::number).toList();
    }
}
