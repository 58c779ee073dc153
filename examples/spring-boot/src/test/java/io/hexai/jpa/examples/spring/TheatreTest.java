package io.hexai.jpa.examples.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.test.PostgresTest;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.dao.EmptyResultDataAccessException;

@PostgresTest(builtIn = false)
class TheatreTest {

    @Test
    void saysWhoSitsWhereAndWhatIsToldOfIt(PostgresConfig database) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ConfigurableApplicationContext application = Theatre.start(database)) {
            Theatre.run(application, new PrintStream(bytes, true, StandardCharsets.UTF_8));

            assertThatThrownBy(() -> application.getBean(Exchange.class).swap("Hamlet", "A1", "Z9"))
                    .as("a swap with an empty seat")
                    .isInstanceOf(EmptyResultDataAccessException.class);
            assertThat(application.getBean(BoxOffice.class).audience("Hamlet"))
                    .hasToString("[Bob in A1, Ann in A2, Ann in A3]");
            assertThat(application.getBean(EventStore.class).fetch(0, 100).events())
                    .hasSize(9);
        }

        assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "taken:      []",
                        "taken:      [A2]",
                        "mails:      [You now sit in each other's seat: A1, A3]",
                        "audience:   [Bob in A1, Ann in A2, Ann in A3]",
                        "events:     9, the last one is theatre.seat-booked",
                        "attendance: 3",
                        "health:     UP",
                        "exchanges:  1");
    }
}
