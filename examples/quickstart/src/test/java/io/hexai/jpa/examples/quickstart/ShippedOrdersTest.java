package io.hexai.jpa.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.examples.quickstart.Shop.Run;
import io.hexai.jpa.test.PostgresTest;
import java.nio.file.Files;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import tools.jackson.databind.JsonNode;

/** The main job on the file that ships, done by many threads, held against a model that knows nothing of either. */
@PostgresTest(builtIn = false)
@TestInstance(Lifecycle.PER_CLASS)
class ShippedOrdersTest {

    private OrderModel model;
    private Shop shop;
    private Run run;
    private Map<String, String> statuses;
    private Map<String, Integer> stock;
    private long events;

    @BeforeAll
    void takeThem(PostgresConfig database) throws Exception {
        model = OrderModel.of(OrderFileGenerator.shipped());
        shop = new Shop(database);
        run = shop.run(null, 8);
        statuses = shop.statusByOrder();
        stock = shop.stockBySku();
        events = shop.number("SELECT count(*) FROM hexai__events");
    }

    @Test
    void areThoseThatTheGeneratorMakes() throws Exception {
        assertThat(Files.readAllLines(OrderFileGenerator.FILE)).isEqualTo(OrderFileGenerator.shipped());
    }

    @Test
    void areTwoThousandAndIrregular() {
        assertThat(model.orders).hasSizeGreaterThan(2_000);
        assertThat(model.repeated).isPositive();
        assertThat(model.badLines).isPositive();
        assertThat(model.statusByOrder.values())
                .contains("CONFIRMED", "STOCK_EXHAUSTED", "PAYMENT_REFUSED", "PRODUCT_UNKNOWN", "QUANTITY_INVALID");
    }

    @Test
    void loseNoUpdate() throws Exception {
        assertThat(run.exitCode()).as(run.output()).isZero();
        assertThat(run.figure("retries")).isPositive();
        assertThat(statuses).containsOnlyKeys(model.statusByOrder.keySet());
        TreeMap<String, Integer> left = new TreeMap<>(model.initialStock);
        TreeMap<String, Integer> changes = new TreeMap<>();
        model.orders.forEach((id, order) -> {
            if (statuses.get(id).equals("CONFIRMED")) {
                OrderModel.wanted(order).forEach((sku, quantity) -> {
                    left.merge(sku, -quantity, Integer::sum);
                    changes.merge(sku, 1, Integer::sum);
                });
            }
        });
        assertThat(stock).isEqualTo(left);
        assertThat(shop.numbers("SELECT sku, version FROM quickstart_product WHERE version > 0"))
                .isEqualTo(changes);
    }

    @Test
    void areEachDecidedForAReason() {
        model.orders.forEach(
                (id, order) -> assertThat(isJustified(statuses.get(id), order, model.statusByOrder.get(id)))
                        .as("%s: %s", id, statuses.get(id))
                        .isTrue());
    }

    /**
     * Only what the stock allows depends on who comes first. It only ever falls, so that what was too little for a refused
     * order is too little at the end.
     */
    private boolean isJustified(String status, JsonNode order, String statusInTurn) {
        if (statusInTurn.equals("PRODUCT_UNKNOWN") || statusInTurn.equals("QUANTITY_INVALID")) {
            return status.equals(statusInTurn);
        }
        return switch (status) {
            case "CONFIRMED" -> model.cents(order) <= OrderModel.cardLimit(order);
            case "PAYMENT_REFUSED" -> model.cents(order) > OrderModel.cardLimit(order);
            case "STOCK_EXHAUSTED" ->
                OrderModel.wanted(order).entrySet().stream()
                        .anyMatch(want -> want.getValue() > stock.get(want.getKey()));
            default -> false;
        };
    }

    @Test
    void areFoundThereByASecondRun() throws Exception {
        Run again = shop.run(null, 4);

        assertThat(again.exitCode()).as(again.output()).isZero();
        assertThat(again.figure("orders")).isZero();
        assertThat(again.figure("repeated orders, skipped")).isEqualTo(model.orders.size() + model.repeated);
        assertThat(again.figure("events")).isZero();
        assertThat(shop.statusByOrder()).isEqualTo(statuses);
        assertThat(shop.stockBySku()).isEqualTo(stock);
        assertThat(shop.number("SELECT count(*) FROM hexai__events")).isEqualTo(events);
    }
}
