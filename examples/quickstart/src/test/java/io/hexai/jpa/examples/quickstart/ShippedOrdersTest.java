package io.hexai.jpa.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.examples.quickstart.Shop.Run;
import io.hexai.jpa.test.PostgresTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import tools.jackson.databind.JsonNode;

/** The main job, on the file that ships, held against a model that knows nothing of databases and threads. */
class ShippedOrdersTest {

    private static final Path PRODUCTS = Path.of("src/main/resources/quickstart/products.jsonl");

    private static OrderModel model;

    @BeforeAll
    static void computeTheModel() throws Exception {
        model = OrderModel.of(PRODUCTS, OrderFileGenerator.FILE);
    }

    @Test
    void areThoseThatTheGeneratorMakes() throws Exception {
        assertThat(Files.readAllLines(OrderFileGenerator.FILE)).isEqualTo(OrderFileGenerator.generate());
    }

    @Test
    void areTwoThousandAndIrregular() {
        assertThat(model.orders).hasSizeGreaterThan(2_000);
        assertThat(model.repeated).isPositive();
        assertThat(model.badLines).isPositive();
        assertThat(model.statusByOrder.values())
                .contains("CONFIRMED", "STOCK_EXHAUSTED", "PAYMENT_REFUSED", "PRODUCT_UNKNOWN", "QUANTITY_INVALID");
    }

    @Nested
    @PostgresTest(builtIn = false)
    @TestInstance(Lifecycle.PER_CLASS)
    class TakenByOneThread {

        private Shop shop;
        private Run run;

        @BeforeAll
        void takeThem(PostgresConfig database) throws Exception {
            shop = new Shop(database);
            run = shop.run(null, 1);
        }

        @Test
        void comeToWhatTheModelSays() throws Exception {
            assertThat(run.exitCode()).as(run.output()).isZero();
            assertThat(shop.statusByOrder()).isEqualTo(new TreeMap<>(model.statusByOrder));
            assertThat(shop.stockBySku()).isEqualTo(asText(model.stock));
            assertThat(shop.number("SELECT sum(cents) FROM quickstart_payment")).isEqualTo(model.paidCents);
            assertThat(shop.number("SELECT count(*) FROM hexai__events")).isEqualTo(model.events);
        }

        @Test
        void areCountedInTheTable() {
            assertThat(run.figure("orders")).isEqualTo(model.orders.size());
            assertThat(run.figure("confirmed")).isEqualTo(model.count("CONFIRMED"));
            assertThat(run.figure("refused: stock exhausted")).isEqualTo(model.count("STOCK_EXHAUSTED"));
            assertThat(run.figure("refused: payment refused")).isEqualTo(model.count("PAYMENT_REFUSED"));
            assertThat(run.figure("refused: product unknown")).isEqualTo(model.count("PRODUCT_UNKNOWN"));
            assertThat(run.figure("refused: quantity invalid")).isEqualTo(model.count("QUANTITY_INVALID"));
            assertThat(run.figure("repeated orders, skipped")).isEqualTo(model.repeated);
            assertThat(run.figure("bad lines, skipped")).isEqualTo(model.badLines);
            assertThat(run.figure("retries")).isZero();
            assertThat(run.figure("events")).isEqualTo(model.events);
            assertThat(run.figure("events per second")).isPositive();
        }
    }

    @Nested
    @PostgresTest(builtIn = false)
    @TestInstance(Lifecycle.PER_CLASS)
    class TakenByManyThreads {

        private Shop shop;
        private Run run;
        private Map<String, String> statuses;
        private Map<String, String> stock;
        private long events;

        @BeforeAll
        void takeThem(PostgresConfig database) throws Exception {
            shop = new Shop(database);
            run = shop.run(null, 8);
            statuses = shop.statusByOrder();
            stock = shop.stockBySku();
            events = shop.number("SELECT count(*) FROM hexai__events");
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
            assertThat(stock).isEqualTo(asText(left));
            assertThat(shop.map("SELECT sku, version FROM quickstart_product WHERE version > 0"))
                    .isEqualTo(asText(changes));
        }

        @Test
        void areEachDecidedForAReason() {
            model.orders.forEach((id, order) ->
                    assertThat(isJustified(statuses.get(id), order)).as(id).isTrue());
        }

        /** Stock only ever falls, so that what was too little for a refused order is too little at the end. */
        private boolean isJustified(String status, JsonNode order) {
            return switch (status) {
                case "CONFIRMED" -> model.cents(order) <= OrderModel.cardLimit(order);
                case "PAYMENT_REFUSED" -> model.cents(order) > OrderModel.cardLimit(order);
                case "STOCK_EXHAUSTED" ->
                    OrderModel.wanted(order).entrySet().stream()
                            .anyMatch(want -> want.getValue() > Integer.parseInt(stock.get(want.getKey())));
                default -> status.equals(model.statusByOrder.get(order.get("id").asString()));
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

    private static Map<String, String> asText(Map<String, Integer> numbers) {
        TreeMap<String, String> text = new TreeMap<>();
        numbers.forEach((key, number) -> text.put(key, number.toString()));
        return text;
    }
}
