package io.hexai.jpa.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.examples.quickstart.Shop.Run;
import io.hexai.jpa.test.PostgresTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** The main job done by one thread, which takes the orders as the model does and so must come to the very same. */
@PostgresTest(builtIn = false)
@TestInstance(Lifecycle.PER_CLASS)
class OrdersInTurnTest {

    private OrderModel model;
    private Shop shop;
    private Run run;

    @BeforeAll
    void takeThem(PostgresConfig database, @TempDir Path directory) throws Exception {
        List<Catalogue.Item> rarities =
                Catalogue.items().stream().filter(item -> item.stock() < 300).toList();
        List<String> lines = OrderFileGenerator.generate(600, rarities);
        model = OrderModel.of(lines);
        shop = new Shop(database);
        run = shop.run(Files.write(directory.resolve("orders.jsonl"), lines), 1);
    }

    @Test
    void haveEveryFate() {
        assertThat(model.statusByOrder).containsValues("CONFIRMED", "STOCK_EXHAUSTED", "PAYMENT_REFUSED");
        assertThat(model.statusByOrder).containsValues("PRODUCT_UNKNOWN", "QUANTITY_INVALID");
    }

    @Test
    void comeToWhatTheModelSays() throws Exception {
        assertThat(run.exitCode()).as(run.output()).isZero();
        assertThat(shop.statusByOrder()).isEqualTo(new TreeMap<>(model.statusByOrder));
        assertThat(shop.stockBySku()).isEqualTo(model.stock);
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
