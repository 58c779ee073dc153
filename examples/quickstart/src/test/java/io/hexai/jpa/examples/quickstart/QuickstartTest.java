package io.hexai.jpa.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.examples.quickstart.Shop.Run;
import io.hexai.jpa.test.PostgresTest;
import io.hexai.jpa.test.TestIsolation;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@PostgresTest(builtIn = false, isolation = TestIsolation.CLONE_PER_METHOD)
class QuickstartTest {

    private final Shop shop;

    @TempDir
    private Path directory;

    QuickstartTest(PostgresConfig database) {
        shop = new Shop(database);
    }

    @Nested
    class AnotherFile {

        @Test
        void mayHoldLinesThatAreNoOrders() throws Exception {
            Path file = file(
                    order("a"),
                    "{\"id\":\"cut",
                    order("b"),
                    "",
                    "[]",
                    order("c").replace("\"quantity\":1", "\"quantity\":1.5"),
                    order("d").replace("\"customer\":\"x\"", "\"customer\":\" \""),
                    order("e").replace("\"cardLimitCents\":9000,", ""),
                    order("f").replace("\"x\"", "null"),
                    order("g\\u0000"),
                    order("h") + "\r");

            Run run = shop.run(file, 2);

            assertThat(run.exitCode()).isZero();
            assertThat(shop.statusByOrder()).containsOnlyKeys("a", "b", "h");
            assertThat(run.figure("bad lines, skipped")).isEqualTo(7);
            assertThat(run.output())
                    .contains("line 2: ", "line 5: ", "line 6: ", "line 7: ", "line 8: ", "line 9: ", "line 10: ")
                    .doesNotContain("line 1: ", "line 3: ", "line 4: ", "line 11: ");
        }

        @Test
        void mayHoldBytesThatAreNoText() throws Exception {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            bytes.write(order("a").getBytes(StandardCharsets.UTF_8));
            bytes.write('\n');
            bytes.write(order("b-\u00fc").getBytes(StandardCharsets.ISO_8859_1));
            bytes.write('\n');
            bytes.write(order("c-\u00fc").getBytes(StandardCharsets.UTF_8));
            Path file = Files.write(directory.resolve("orders.jsonl"), bytes.toByteArray());

            Run run = shop.run(file, 1);

            assertThat(shop.statusByOrder()).containsOnlyKeys("a", "c-\u00fc");
            assertThat(run.output()).contains("line 2: ");
        }

        @Test
        void mayBeSomethingElseAltogether() throws Exception {
            Path file = Files.write(directory.resolve("orders.csv"), Collections.nCopies(5_000, "a;b;c"));

            Run run = shop.run(file, 4);

            assertThat(run.exitCode()).isZero();
            assertThat(run.figure("bad lines, skipped")).isEqualTo(5_000);
            assertThat(run.output()).contains("4,980 more bad lines");
            assertThat(run.output().lines().count()).isLessThan(60);
        }

        @Test
        void mayRepeatAnOrderWhileItIsTaken() throws Exception {
            Path file = Files.write(
                    directory.resolve("orders.jsonl"),
                    Stream.of("a", "b", "c", "d", "e")
                            .flatMap(id -> Collections.nCopies(40, order(id)).stream())
                            .toList());

            Run run = shop.run(file, 8);

            assertThat(run.exitCode()).as(run.output()).isZero();
            assertThat(shop.statusByOrder()).containsOnlyKeys("a", "b", "c", "d", "e");
            assertThat(run.figure("repeated orders, skipped")).isEqualTo(5 * 39);
            assertThat(shop.number("SELECT count(*) FROM hexai__events WHERE message_type = 'quickstart.order-placed'"))
                    .isEqualTo(5);
        }

        @Test
        void addsToTheOrdersThatAreThere() throws Exception {
            shop.run(file(order("a"), order("b")), 1);

            Run run = shop.run(file(order("b"), order("c")), 1);

            assertThat(run.figure("orders")).isEqualTo(1);
            assertThat(run.figure("repeated orders, skipped")).isEqualTo(1);
            assertThat(shop.statusByOrder()).containsOnlyKeys("a", "b", "c");
        }
    }

    @Nested
    class TablesThatSomebodyChanged {

        private Path none;

        @BeforeEach
        void importTheOrders() throws Exception {
            shop.run(file(order("a"), order("b"), order("c").replace("9000", "1")), 1);
            none = Files.createFile(directory.resolve("none.jsonl"));
        }

        @Test
        void areNamedWithWhatTheEventsSay() throws Exception {
            long stock = shop.number("SELECT stock FROM quickstart_product WHERE sku = 'tea-assam'");
            shop.execute("UPDATE quickstart_product SET stock = stock + 1 WHERE sku = 'tea-assam'");

            Run run = shop.run(none, 1);

            assertThat(run.exitCode()).isEqualTo(Quickstart.EVENTS_AND_TABLES_DIFFER);
            assertThat(run.output())
                    .contains("DISAGREE")
                    .contains("stock of tea-assam: the events say " + stock + ", the tables " + (stock + 1))
                    .doesNotContain("agrees");
        }

        @Test
        void failTheRunWhateverWasChanged() throws Exception {
            shop.execute("UPDATE quickstart_order SET status = 'CONFIRMED' WHERE id ="
                    + " (SELECT min(id) FROM quickstart_order WHERE status = 'PAYMENT_REFUSED')");
            assertThat(shop.run(none, 1).output())
                    .contains("orders confirmed: ", "orders payment refused: ")
                    .doesNotContain("stock of", "cents paid: ");

            shop.execute("DELETE FROM quickstart_payment");
            Run run = shop.run(none, 1);

            assertThat(run.exitCode()).isEqualTo(Quickstart.EVENTS_AND_TABLES_DIFFER);
            assertThat(run.output()).contains("cents paid: ");
        }
    }

    private Path file(String... lines) throws Exception {
        return Files.write(directory.resolve("orders.jsonl"), Stream.of(lines).toList());
    }

    private static String order(String id) {
        return "{\"id\":\"" + id + "\",\"customer\":\"x\",\"cardLimitCents\":9000,"
                + "\"lines\":[{\"sku\":\"tea-assam\",\"quantity\":1}]}";
    }
}
