package io.hexai.jpa.examples.orders;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Version;

/** What is kept of an order that is over. */
@Entity
class ArchivedOrder {

    @Id
    String id;

    @Version
    int version;

    String customer;

    long cents;

    protected ArchivedOrder() {}

    ArchivedOrder(String id, String customer, long cents) {
        this.id = id;
        this.customer = customer;
        this.cents = cents;
    }
}
