package io.hexai.jpa.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {

    @Test
    void areCompleteWithNothingSet() throws Exception {
        Settings settings = Settings.read(Map.of("orders", "", "threads", " "), Map.of("HEXAI_DB_URL", ""));

        assertThat(settings.orders()).isEqualTo(getClass().getResource("/quickstart/orders.jsonl"));
        assertThat(settings.database()).isNull();
        assertThat(settings.threads()).isGreaterThan(1);
    }

    @Test
    void nameTheFileTheServerAndTheThreads(@TempDir Path directory) throws Exception {
        Path file = Files.createFile(directory.resolve("my orders.jsonl"));

        Settings settings = Settings.read(
                Map.of("orders", file.toString(), "threads", "3"),
                Map.of("HEXAI_DB_URL", "postgres://me:secret@db:5433/shop"));

        assertThat(settings.orders().openStream()).isEmpty();
        assertThat(settings.database()).hasToString("postgres://me:***@db:5433/shop");
        assertThat(settings.threads()).isEqualTo(3);
    }

    @Test
    void refuseAFileThatIsNotThere(@TempDir Path directory) {
        refuses(Map.of("orders", directory + "/none.jsonl"), Map.of(), directory + "/none.jsonl", "-Dorders=");
    }

    @Test
    void refuseADirectory(@TempDir Path directory) {
        refuses(Map.of("orders", directory.toString()), Map.of(), directory.toString());
    }

    @Test
    void refuseANumberOfThreadsThatIsNone() {
        refuses(Map.of("threads", "0"), Map.of(), "-Dthreads=0");
        refuses(Map.of("threads", "many"), Map.of(), "-Dthreads=many");
    }

    @Test
    void refuseAUrlThatIsNone() {
        refuses(Map.of(), Map.of("HEXAI_DB_URL", "mysql://db/shop"), "HEXAI_DB_URL");
    }

    private static void refuses(Map<String, String> properties, Map<String, String> environment, String... parts) {
        assertThatExceptionOfType(UnusableSettingException.class)
                .isThrownBy(() -> Settings.read(properties, environment))
                .satisfies(e -> assertThat(e.getMessage()).contains(parts));
    }
}
