package io.hexai.jpa.examples.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.bootstrap.HexaiJpa;
import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.test.PostgresTest;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

@PostgresTest(builtIn = false)
class OrdersTest {

    @Test
    void saysWhatBecameOfThem(PostgresConfig database) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        try (HexaiJpa jpa = Orders.open(database)) {
            Orders.run(jpa, new PrintStream(bytes, true, StandardCharsets.UTF_8));
        }

        assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "open for Ann:  [order-1, order-2]",
                        "stale edit:    order-1 is at version 1",
                        "turnover:      Ann, 2 orders, 1800 cents",
                        "archived:      1",
                        "events:        [orders.order-placed, orders.order-placed, orders.order-placed,"
                                + " orders.order-paid, orders.order-cancelled]",
                        "summary:       order-1 of Ann: 1350 cents paid",
                        "summary:       order-2 of Ann: open",
                        "summary:       order-3 of Bob: out of stock");
    }

    @Test
    void canBePaidOnce() {
        PurchaseOrder order = PurchaseOrder.place("order-1", "Ann", List.of(new OrderLine("tea", 1, 450)));
        order.pay();

        assertThatThrownBy(order::pay).isInstanceOf(IllegalStateException.class).hasMessageContaining("PAID");
        assertThat(order.raisedEvents()).hasSize(2);
    }
}
