package io.hexai.jpa.examples.orders;

import io.hexai.jpa.event.AggregateRoot;
import io.hexai.jpa.examples.orders.OrderEvent.OrderCancelled;
import io.hexai.jpa.examples.orders.OrderEvent.OrderPaid;
import io.hexai.jpa.examples.orders.OrderEvent.OrderPlaced;
import io.hexai.jpa.mapping.Timestamps;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Version;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** An order: it decides what may happen to it, and says what did. */
@Entity
class PurchaseOrder extends AggregateRoot {

    @Id
    private String id;

    @Version
    private int version;

    private String customer;

    @Enumerated(EnumType.STRING)
    private OrderStatus status = OrderStatus.PLACED;

    @ElementCollection
    private List<OrderLine> lines = new ArrayList<>();

    @Embedded
    private Timestamps timestamps;

    protected PurchaseOrder() {}

    private PurchaseOrder(String id, String customer, List<OrderLine> lines) {
        this.id = id;
        this.customer = customer;
        this.lines.addAll(lines);
    }

    static PurchaseOrder place(String id, String customer, List<OrderLine> lines) {
        PurchaseOrder order = new PurchaseOrder(id, customer, lines);
        order.raise(new OrderPlaced(id, customer));
        return order;
    }

    void add(OrderLine line) {
        requirePlaced("changed");
        lines.add(line);
    }

    void pay() {
        requirePlaced("paid");
        status = OrderStatus.PAID;
        raise(new OrderPaid(id, cents()));
    }

    void cancel(String reason) {
        requirePlaced("cancelled");
        status = OrderStatus.CANCELLED;
        raise(new OrderCancelled(id, reason));
    }

    private void requirePlaced(String what) {
        if (status != OrderStatus.PLACED) {
            throw new IllegalStateException("Order " + id + " is " + status + " and cannot be " + what + ".");
        }
    }

    String id() {
        return id;
    }

    String customer() {
        return customer;
    }

    OrderStatus status() {
        return status;
    }

    List<OrderLine> lines() {
        return Collections.unmodifiableList(lines);
    }

    long cents() {
        return lines.stream().mapToLong(OrderLine::cents).sum();
    }

    Timestamps timestamps() {
        return timestamps;
    }

    int version() {
        return version;
    }
}
