package io.hexai.jpa.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.testing.LogLines;
import io.hexai.jpa.testing.TestFactory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.persistence.EntityManagerFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.junit.jupiter.api.Nested;
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
    void recordsHooksThatFailAfterwardsInTheFlightRecorder() throws Exception {
        Path file = directory.resolve("hooks.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("io.hexai.jpa.HookFailure");
            recording.start();
            unitOfWork
                    .with(o -> o.withName("mail"))
                    .run(() -> unitOfWork.current().afterCommit(() -> {
                        throw new IllegalStateException("a secret");
                    }));
            recording.stop();
            recording.dump(file);
        }

        assertThat(RecordingFile.readAllEvents(file))
                .filteredOn(event -> event.getEventType().getName().equals("io.hexai.jpa.HookFailure"))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.getString("name")).isEqualTo("mail");
                    assertThat(event.getString("cause")).isEqualTo("java.lang.IllegalStateException");
                    assertThat(event.toString()).doesNotContain("a secret");
                });
    }

    @Test
    void tellsOfARetriedNestedScopeWithoutATransactionAroundThatItIsATransaction() {
        insert("a", 1);
        List<TransactionInfo> retried = new ArrayList<>();
        UnitOfWork listening = UnitOfWork.builder(database.factory())
                .sleeper(delay -> {})
                .listener(new UnitOfWorkListener() {
                    @Override
                    public void retried(TransactionInfo transaction, RetryEvent event) {
                        retried.add(transaction);
                    }
                })
                .build();

        listening
                .with(o -> o.withPropagation(Propagation.NESTED).withRetry(RetryPolicy.attempts(2)))
                .run(em -> {
                    em.find(Account.class, "a").balance = 2;
                    if (listening.current().attempt() == 1) {
                        database.execute("UPDATE account SET version = version + 1");
                    }
                });

        assertThat(retried).containsExactly(new TransactionInfo(null, 1, false));
    }

    @Nested
    class LogsOneLine {

        @Test
        void atDebugForAFailureThatLeavesToTheCallerAndWithoutTheValuesOfRows() {
            insert("a secret", 1);

            List<String> lines = LogLines.of(
                    UnitOfWork.class,
                    () -> assertThatThrownBy(() -> unitOfWork
                                    .with(o -> o.withName("import"))
                                    .run(em -> em.persist(new Account("a secret", 2))))
                            .hasMessageContaining("a secret"));

            assertThat(lines)
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .startsWith("DEBUG Rolled back transaction 'import' after ")
                            .contains("ConstraintViolationException", "PSQLException [23505]")
                            .doesNotContain("a secret"));
        }

        @Test
        void forEachOfTheScopesThatRolledBack() {
            List<String> lines = LogLines.of(
                    UnitOfWork.class,
                    () -> assertThatThrownBy(() -> unitOfWork.run(() -> unitOfWork
                                    .with(Propagation.NESTED)
                                    .run(() -> unitOfWork.run(() -> {
                                        throw new IllegalStateException();
                                    }))))
                            .isInstanceOf(IllegalStateException.class));

            assertThat(lines).hasSize(2);
            assertThat(lines.get(0)).startsWith("DEBUG Rolled back nested scope");
            assertThat(lines.get(1)).startsWith("DEBUG Rolled back transaction");
        }

        @Test
        void atWarnWhenTheRollbackItselfFailed() {
            IllegalStateException failure = new IllegalStateException("a secret");

            List<String> lines = LogLines.of(
                    UnitOfWork.class,
                    () -> assertThatThrownBy(() -> unitOfWork.run(em -> {
                                Object pid = em.createNativeQuery("SELECT pg_backend_pid()")
                                        .getSingleResult();
                                database.select("SELECT pg_terminate_backend(" + pid + ", 5000)");
                                throw failure;
                            }))
                            .isSameAs(failure));

            assertThat(lines)
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .startsWith("WARN Rolling back transaction after ")
                            .contains("PSQLException [", "IllegalStateException")
                            .doesNotContain("a secret"));
        }

        @Test
        void forNothingThatCommits() {
            List<String> lines =
                    LogLines.of(UnitOfWork.class, () -> unitOfWork.run(em -> em.persist(new Account("a", 1))));

            assertThat(lines).isEmpty();
        }
    }

    @Test
    void keepsTheValuesOfRowsOutOfMessagesIfTheDriverIsToldSo() {
        insert("a secret", 1);
        try (var pool = TestFactory.pool(database.jdbcUrl(), 1)) {
            pool.addDataSourceProperty("logServerErrorDetail", "false");
            try (var factory = new HibernatePersistenceConfiguration("discreet")
                    .managedClasses(Account.class)
                    .property("jakarta.persistence.nonJtaDataSource", pool)
                    .property("hibernate.jdbc.batch_size", 10)
                    .createEntityManagerFactory()) {
                assertThatThrownBy(() -> UnitOfWork.of(factory).run(em -> {
                            em.persist(new Account("another secret", 1));
                            em.persist(new Account("a secret", 2));
                        }))
                        .isInstanceOf(org.hibernate.exception.ConstraintViolationException.class)
                        .satisfies(e -> assertThat(stackTrace(e)).doesNotContain("secret"));
            }
        }
    }

    private static String stackTrace(Throwable failure) {
        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        return trace.toString();
    }

    @Test
    void needsNoMicrometer() throws Exception {
        ClassLoader without = new WithoutMicrometer();
        Callable<?> work = (Callable<?>) Class.forName(Unmeasured.class.getName(), true, without)
                .getDeclaredConstructor(EntityManagerFactory.class)
                .newInstance(database.factory());

        assertThat(work.call()).isEqualTo(1);
        assertThatThrownBy(() -> Class.forName(UnitOfWorkMetrics.class.getName(), true, without)
                        .getMethods())
                .isInstanceOf(NoClassDefFoundError.class)
                .hasMessageContaining("micrometer");
    }

    /** Loaded by {@link WithoutMicrometer}. */
    public static final class Unmeasured implements Callable<Integer> {
        private final UnitOfWork unitOfWork;

        public Unmeasured(EntityManagerFactory factory) {
            unitOfWork = UnitOfWork.builder(factory)
                    .listener(new UnitOfWorkListener() {})
                    .build();
        }

        @Override
        public Integer call() {
            return unitOfWork.call(
                    em -> (Integer) em.createNativeQuery("SELECT 1").getSingleResult());
        }
    }

    /** Defines the library's classes anew, where those of Micrometer do not exist. */
    private static final class WithoutMicrometer extends ClassLoader {
        private WithoutMicrometer() {
            super(ObservabilityTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("io.micrometer.")) {
                throw new ClassNotFoundException(name);
            }
            return name.startsWith("io.hexai.jpa.") && findLoadedClass(name) == null
                    ? defined(name)
                    : super.loadClass(name, resolve);
        }

        private Class<?> defined(String name) throws ClassNotFoundException {
            try (InputStream file = getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = Objects.requireNonNull(file, name).readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
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
