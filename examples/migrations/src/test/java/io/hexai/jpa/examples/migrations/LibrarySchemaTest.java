package io.hexai.jpa.examples.migrations;

import static org.assertj.core.api.Assertions.assertThat;

import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.test.PostgresTest;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

@PostgresTest(builtIn = false)
class LibrarySchemaTest {

    @Test
    void isTheSameInEachWay(PostgresConfig database) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        int exitCode = LibrarySchema.run(database, new PrintStream(bytes, true, StandardCharsets.UTF_8));

        String output = bytes.toString(StandardCharsets.UTF_8);
        assertThat(exitCode).as(output).isZero();
        List<String> use = List.of(
                "    directory: [001_shelves, 002_labels]",
                "    again:     []",
                "    book:      Domain-Driven Design (978-0321125217), lent to Ann");
        assertThat(output.lines())
                .containsExactlyElementsOf(Stream.of("at the start", "by the command line", "by the maven plugin")
                        .flatMap(way -> Stream.concat(Stream.of(way + ": 10 changesets, 8 tables"), use.stream()))
                        .toList());
    }
}
