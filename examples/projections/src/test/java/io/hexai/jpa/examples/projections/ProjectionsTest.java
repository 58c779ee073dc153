package io.hexai.jpa.examples.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.test.PostgresTest;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

@PostgresTest(builtIn = false)
class ProjectionsTest {

    private static final int KILLED_BY_SIGNAL_9 = 128 + 9;

    @Test
    void handlesEachEventOnceAlthoughTheProcessAtWorkIsKilled(PostgresConfig database) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        int exitCode = Projections.run(database, new PrintStream(bytes, true, StandardCharsets.UTF_8));

        String output = bytes.toString(StandardCharsets.UTF_8);
        assertThat(exitCode).as(output).isZero();
        assertThat(output.lines())
                .hasSize(9)
                .contains("level:    cup, 690 after 750 movements", "compared: the read model is what the events tell")
                .anyMatch(line -> line.matches("killed: +process \\d+ ended with " + KILLED_BY_SIGNAL_9 + ", .*"));
        List<String> active = output.lines()
                .filter(line -> line.startsWith("active:"))
                .map(line -> line.replaceAll(".*?(process \\d+).*", "$1"))
                .toList();
        assertThat(active).hasSize(2).doesNotHaveDuplicates();
        assertThat(output)
                .contains(
                        "while " + active.get(1) + " stands by",
                        "killed:   " + active.get(0) + " ended",
                        "ended:    " + active.get(1) + " ended with 0");
    }
}
