package io.hexai.jpa.examples.quickstart;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** How far an order came. */
enum OrderStatus {
    PLACED,
    CONFIRMED,
    STOCK_EXHAUSTED,
    PAYMENT_REFUSED,
    PRODUCT_UNKNOWN,
    QUANTITY_INVALID;

    static List<OrderStatus> refusals() {
        return Arrays.stream(values()).filter(OrderStatus::isRefusal).toList();
    }

    boolean isRefusal() {
        return this != PLACED && this != CONFIRMED;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
