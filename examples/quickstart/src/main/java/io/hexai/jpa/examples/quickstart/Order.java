package io.hexai.jpa.examples.quickstart;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.OneToMany;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** An order, which stays on record whatever becomes of it. */
@Entity
@Table(name = "quickstart_order")
class Order {

    @Id
    private String id;

    @Column(nullable = false)
    private String customer;

    @Enumerated(EnumType.STRING)
    @Column(nullable = false)
    private OrderStatus status = OrderStatus.PLACED;

    @OneToMany(mappedBy = "order", cascade = CascadeType.PERSIST)
    private List<OrderLine> lines = new ArrayList<>();

    @Version
    private int version;

    Order() {}

    static Order of(IncomingOrder incoming) {
        Order order = new Order();
        order.id = incoming.id();
        order.customer = incoming.customer();
        for (IncomingOrder.Line line : incoming.lines()) {
            order.lines.add(new OrderLine(order, line.sku(), line.quantity()));
        }
        return order;
    }

    String id() {
        return id;
    }

    String customer() {
        return customer;
    }

    List<OrderLine> lines() {
        return Collections.unmodifiableList(lines);
    }

    OrderStatus become(OrderStatus newStatus) {
        status = newStatus;
        return newStatus;
    }
}
