package io.hexai.jpa.examples.orders;

/** How far an order has come. */
enum OrderStatus {
    PLACED,
    PAID,
    CANCELLED
}
