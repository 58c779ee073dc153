package io.hexai.jpa.examples.orders;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;

/** What one wants to know of an order at a glance, made from the events that tell of it. */
@Entity
class OrderSummary {

    @Id
    private String orderId;

    private String customer;

    private String outcome = "open";

    protected OrderSummary() {}

    OrderSummary(String orderId, String customer) {
        this.orderId = orderId;
        this.customer = customer;
    }

    void paid(long cents) {
        outcome = cents + " cents paid";
    }

    void cancelled(String reason) {
        outcome = reason;
    }

    @Override
    public String toString() {
        return orderId + " of " + customer + ": " + outcome;
    }
}
