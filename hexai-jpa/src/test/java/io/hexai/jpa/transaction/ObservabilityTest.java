package io.hexai.jpa.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObservabilityTest extends AccountTests {

    @TempDir
    Path directory;

    @Test
    void recordsTransactionsAndRetriesInTheFlightRecorder() throws Exception {
        insert("a", 1);
        Path file = directory.resolve("recording.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("io.hexai.jpa.Transaction");
            recording.enable("io.hexai.jpa.Retry");
            recording.start();
            work(unitOfWork);
            recording.stop();
            recording.dump(file);
        }

        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        assertThat(events)
                .filteredOn(event -> event.getEventType().getName().equals("io.hexai.jpa.Transaction"))
                .extracting(event -> event.getString("name") + " " + event.getInt("attempt") + " "
                        + event.getBoolean("nested") + " " + event.getString("outcome"))
                .containsExactlyInAnyOrder(
                        "work 1 false rolled back", "inner 1 true rolled back", "work 2 false committed");
        assertThat(events)
                .filteredOn(event -> event.getEventType().getName().equals("io.hexai.jpa.Retry"))
                .singleElement()
                .satisfies(event -> assertThat(event.getInt("attempt")).isOne());
    }

    @Test
    void measuresWithMicrometer() {
        insert("a", 1);
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        UnitOfWork measured = UnitOfWork.builder(database.factory())
                .listener(UnitOfWorkMetrics.of(registry))
                .build();
        work(measured);
        assertThatThrownBy(() -> measured.run(() -> {
                    throw new IllegalStateException();
                }))
                .isInstanceOf(IllegalStateException.class);

        assertThat(registry.get("hexai.transaction")
                        .tags("name", "work", "outcome", "committed")
                        .timer()
                        .count())
                .isOne();
        assertThat(registry.get("hexai.transaction")
                        .tags("name", "inner", "nested", "true")
                        .timer()
                        .count())
                .isOne();
        assertThat(registry.get("hexai.transaction")
                        .tags("name", "unnamed", "outcome", "rolled back")
                        .timer()
                        .count())
                .isOne();
        assertThat(registry.get("hexai.transaction.retries")
                        .tags("name", "work")
                        .counter()
                        .count())
                .isOne();
    }

    /** Fails once with a stale version, and succeeds with a nested scope that fails. */
    private void work(UnitOfWork with) {
        with.with(o -> o.withName("work").withRetry(RetryPolicy.attempts(2))).run(em -> {
            Account account = em.find(Account.class, "a");
            account.balance += 1;
            if (with.current().attempt() == 1) {
                database.execute("UPDATE account SET version = version + 1");
                return;
            }
            assertThatThrownBy(() -> with.with(
                                    o -> o.withPropagation(Propagation.NESTED).withName("inner"))
                            .run(() -> {
                                throw new IllegalStateException();
                            }))
                    .isInstanceOf(IllegalStateException.class);
        });
    }
}
