package io.hexai.jpa.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.test.PostgresTest;
import io.hexai.jpa.test.TestIsolation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as the shell sees it: in a process of its own. */
@PostgresTest(builtIn = false, isolation = TestIsolation.CLONE_PER_METHOD)
class ProgramTest {

    private final PostgresConfig database;
    private final Shop shop;

    @TempDir
    private Path directory;

    private Path orders;

    ProgramTest(PostgresConfig database) {
        this.database = database;
        this.shop = new Shop(database);
    }

    @BeforeEach
    void writeAFewOrders() throws IOException {
        List<String> few = Files.readAllLines(OrderFileGenerator.FILE).subList(0, 20);
        orders = Files.write(directory.resolve("orders.jsonl"), few);
    }

    @Test
    void endsWith0AfterAReportAndNothingElse() throws Exception {
        Ended program = start("-Dorders=" + orders, "-Dthreads=2");

        assertThat(program.exitCode()).as(program.output()).isZero();
        assertThat(program.output())
                .startsWith("hexai-jpa quickstart")
                .contains(orders.toString(), database.toString(), "Where to look next")
                .doesNotContain("\r", "\u001b", "WARN");
        assertThat(shop.statusByOrder()).hasSizeBetween(15, 20);
    }

    @Test
    void endsWith1WhenAnOrderCannotBeStored() throws Exception {
        shop.run(orders, 1);
        shop.execute("DROP TABLE quickstart_payment");

        Ended program = start("-Dthreads=2");

        assertThat(program.exitCode()).as(program.output()).isEqualTo(1);
        assertThat(program.output()).contains("quickstart_payment").doesNotContain("agrees");
    }

    @Test
    void endsWith2WhenTheFileIsNotThere() throws Exception {
        Ended program = start("-Dorders=" + directory.resolve("none.jsonl"));

        assertThat(program.exitCode()).isEqualTo(Quickstart.UNUSABLE_SETTINGS);
        assertThat(program.output())
                .contains(directory.resolve("none.jsonl").toString())
                .doesNotContain("Exception", "\tat ");
    }

    @Test
    void endsWith3WhenSomebodyChangedATable() throws Exception {
        shop.run(orders, 1);
        shop.execute("UPDATE quickstart_product SET stock = stock - 1 WHERE sku = 'gear-teapot'");

        Ended program = start("-Dorders=" + orders);

        assertThat(program.exitCode()).as(program.output()).isEqualTo(Quickstart.EVENTS_AND_TABLES_DIFFER);
        assertThat(program.output()).contains("stock of gear-teapot: ");
    }

    private Ended start(String... options) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Dorg.jboss.logging.provider=slf4j", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.addAll(List.of(options));
        command.addAll(List.of("-classpath", System.getProperty("java.class.path"), Quickstart.class.getName()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put(Settings.DATABASE_VARIABLE, database.toUrl());
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), output);
    }

    private record Ended(int exitCode, String output) {}
}
