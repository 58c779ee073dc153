package io.hexai.jpa.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.testing.TestFactory;
import jakarta.persistence.EntityManagerFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ThreadsTest extends AccountTests {

    private static final boolean VIRTUAL = Runtime.version().feature() >= 21;

    @TempDir
    Path directory;

    @Test
    void areNotGivenEachOthersTransactions() throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            unitOfWork.run(em -> {
                boolean active = other.submit(unitOfWork::isActive).get(10, TimeUnit.SECONDS);
                assertThat(active).isFalse();
            });
        } finally {
            other.shutdownNow();
        }
    }

    @Test
    void doNotInheritTheTransactionOfWhoStartsThem() throws Exception {
        List<Boolean> active = new CopyOnWriteArrayList<>();

        unitOfWork.run(em -> {
            Thread started = new Thread(() -> active.add(unitOfWork.isActive()));
            started.start();
            started.join();
            CompletableFuture.runAsync(() -> active.add(unitOfWork.isActive())).get(10, TimeUnit.SECONDS);
            ExecutorService perTask = executor(1);
            perTask.submit(() -> active.add(unitOfWork.isActive())).get(10, TimeUnit.SECONDS);
            perTask.shutdown();
        });

        assertThat(active).containsExactly(false, false, false);
    }

    @Test
    void keepNothingOfATransactionThatFailedWithAnError() throws Exception {
        ExecutorService reused = Executors.newSingleThreadExecutor();
        try {
            for (Propagation propagation : Propagation.values()) {
                Future<?> failed = reused.submit(() -> unitOfWork.run(outer -> {
                    outer.persist(new Account("lost", 1));
                    unitOfWork.with(propagation).run(() -> {
                        throw new StackOverflowError("of the work");
                    });
                }));
                assertThatThrownBy(() -> failed.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(StackOverflowError.class);
                assertThat(reused.submit(unitOfWork::isActive).get(10, TimeUnit.SECONDS))
                        .isFalse();
            }
            reused.submit(() -> unitOfWork.run(em -> em.persist(new Account("next", 1))))
                    .get(30, TimeUnit.SECONDS);
        } finally {
            reused.shutdownNow();
        }

        assertThat(database.select("SELECT id FROM account")).containsExactly("next");
    }

    @Test
    void cannotUseTheEntityManagerOfAnother() {
        assertThatThrownBy(() -> unitOfWork.run(em -> {
                    em.persist(new Account("a", 1));
                    em.flush();
                    CompletableFuture<?> elsewhere = CompletableFuture.runAsync(
                            () -> em.createQuery("from Account").getResultList());
                    assertThatThrownBy(() -> elsewhere.get(10, TimeUnit.SECONDS))
                            .hasStackTraceContaining("belongs to thread");
                }))
                .isInstanceOf(UnexpectedRollbackException.class);

        assertThat(database.select("SELECT id FROM account")).isEmpty();
    }

    /** Ten thousand virtual threads where the JDK has them, else two hundred platform threads; ten connections for all. */
    @Test
    void shareAPoolThatIsMuchSmallerThanTheirNumber() throws Exception {
        int units = VIRTUAL ? 10_000 : 200;
        Path file = directory.resolve("pinned.jfr");
        try (HikariDataSource pool = TestFactory.pool(database.jdbcUrl(), 10);
                Recording recording = new Recording()) {
            pool.setConnectionTimeout(120_000);
            try (EntityManagerFactory factory = new HibernatePersistenceConfiguration("threads")
                    .managedClasses(Account.class)
                    .property("jakarta.persistence.nonJtaDataSource", pool)
                    .createEntityManagerFactory()) {
                UnitOfWork shared = UnitOfWork.of(factory);
                shared.run(em -> em.persist(new Account("warm-up", 0)));
                recording
                        .enable("jdk.VirtualThreadPinned")
                        .withThreshold(Duration.ZERO)
                        .withStackTrace();
                recording.start();
                ExecutorService threads = executor(units);
                try {
                    List<Future<?>> running = new ArrayList<>(units);
                    for (int i = 0; i < units; i++) {
                        String id = "unit-" + i;
                        running.add(threads.submit(() -> shared.run(em -> {
                            em.persist(new Account(id, 1));
                            shared.with(Propagation.NESTED).run(() -> em.find(Account.class, id).balance = 2);
                        })));
                    }
                    for (Future<?> each : running) {
                        each.get(120, TimeUnit.SECONDS);
                    }
                } finally {
                    threads.shutdownNow();
                }
                recording.stop();
                recording.dump(file);
                assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
            }
        }

        assertThat(database.select("SELECT sum(balance)::bigint FROM account")).containsExactly(2L * units);
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        assertThat(events)
                .filteredOn(ThreadsTest::isPinnedInTheLibrary)
                .as("pinned threads: a lock held around I/O would show in nearly every unit, loading a class in a few")
                .hasSizeLessThan(units / 100);
    }

    /** A thread that waits while another initialises a class of the JDK's is pinned as well, once, and by nobody here. */
    private static boolean isPinnedInTheLibrary(RecordedEvent event) {
        return event.getEventType().getName().equals("jdk.VirtualThreadPinned")
                && String.valueOf(event.getStackTrace()).contains("io.hexai.jpa.")
                && !(event.hasField("pinnedReason")
                        && String.valueOf(event.getString("pinnedReason")).contains("initialization"));
    }

    private static ExecutorService executor(int threads) throws ReflectiveOperationException {
        return VIRTUAL
                ? (ExecutorService) Executors.class
                        .getMethod("newVirtualThreadPerTaskExecutor")
                        .invoke(null)
                : Executors.newFixedThreadPool(threads);
    }
}
