package io.hexai.jpa.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.transaction.UnitOfWork;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.junit.jupiter.api.Test;

/** A process whose heap does not hold the JSON of the events that it stores in one call, and then reads. */
class SmallHeapTest {

    private static final int COUNT = 100_000;
    private static final int TEXT = 900;

    @EventType("test.note-taken")
    record NoteTaken(String text) {}

    @Test
    void sufficesForManyEventsInOneCallAndForAllOfThemInAStream() throws IOException, InterruptedException {
        try (EventDatabase database = EventDatabase.create(2)) {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-Xmx80m",
                            "-Dorg.jboss.logging.provider=slf4j",
                            "-cp",
                            System.getProperty("java.class.path"),
                            SmallHeapTest.class.getName(),
                            database.jdbcUrl())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(process.waitFor()).describedAs(output).isZero();
            assertThat(database.select("SELECT count(*) FROM hexai__events")).containsExactly((long) COUNT);
            assertThat(output).endsWith("stored " + COUNT + ", read " + COUNT + "\n");
        }
    }

    /** Stores and reads in the database that the first argument names. */
    public static void main(String[] arguments) {
        NoteTaken note = new NoteTaken("x".repeat(TEXT));
        try (HikariDataSource pool = TestFactory.pool(arguments[0], 3);
                SessionFactory factory = new HibernatePersistenceConfiguration("events")
                        .managedClass(HexaiEvent.class)
                        .property(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, pool)
                        .createEntityManagerFactory()) {
            EventStore store = EventStore.builder(UnitOfWork.of(factory))
                    .types(EventTypes.of(NoteTaken.class))
                    .build();
            List<StoredEvent> stored = store.storeAll(Collections.nCopies(COUNT, note));
            try (Stream<StoredEvent> all = store.stream(0, 1_000)) {
                long read = all.filter(event -> note.equals(event.payload())).count();
                System.out.print("stored " + stored.size() + ", read " + read + "\n");
            }
        }
    }
}
