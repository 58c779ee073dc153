package io.hexai.jpa.examples.quickstart;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** What was paid for an order. */
@Entity
@Table(name = "quickstart_payment")
class Payment {

    @Id
    @Column(name = "order_id")
    private String orderId;

    @SuppressWarnings("unused") // by this program; Hibernate stores it
    private long cents;

    Payment() {}

    Payment(String orderId, long cents) {
        this.orderId = orderId;
        this.cents = cents;
    }
}
