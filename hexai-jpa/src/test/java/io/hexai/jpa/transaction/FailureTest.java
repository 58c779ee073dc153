package io.hexai.jpa.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.testing.TestFactory;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.engine.spi.TransactionCompletionCallbacks.AfterCompletionCallback;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.junit.jupiter.api.Test;

class FailureTest extends AccountTests {

    @Test
    void givesTheConnectionBackWhenTheBackendIsKilledInMidWork() {
        assertThatThrownBy(() -> unitOfWork.run(em -> {
                    em.persist(new Account("a", 1));
                    em.flush();
                    killBackendOf(em);
                    em.createQuery("from Account", Account.class).getResultList();
                }))
                .satisfies(
                        e -> assertThat(TransientFailures.isConnectionLost(e)).isTrue());

        unitOfWork.run(em -> em.persist(new Account("b", 1)));
        assertThat(database.select("SELECT id FROM account")).containsExactly("b");
    }

    @Test
    void throwsTheWorksExceptionWhenTheRollbackFailsToo() {
        IllegalStateException failure = new IllegalStateException("the work's own");

        assertThatThrownBy(() -> unitOfWork.run(em -> {
                    em.persist(new Account("a", 1));
                    em.flush();
                    killBackendOf(em);
                    throw failure;
                }))
                .isSameAs(failure)
                .satisfies(e -> assertThat(e.getSuppressed()).isNotEmpty());

        assertThat(database.select("SELECT id FROM account")).isEmpty();
    }

    @Test
    void doomsTheTransactionWhenTheBackendIsKilledInANestedScope() {
        assertThatThrownBy(() -> unitOfWork.run(em -> {
                    em.persist(new Account("a", 1));
                    assertThatThrownBy(() -> unitOfWork.with(Propagation.NESTED).run(() -> {
                                em.find(Account.class, "a").balance = 2;
                                em.flush();
                                killBackendOf(em);
                                throw new IllegalStateException("nested");
                            }))
                            .isInstanceOf(IllegalStateException.class)
                            .satisfies(e -> assertThat(e.getSuppressed()).isNotEmpty());
                }))
                .isInstanceOf(UnexpectedRollbackException.class);

        assertThat(database.select("SELECT id FROM account")).isEmpty();
    }

    @Test
    void tellsOfAFailedFlushByItsOwnException() {
        insert("a", 1);

        assertThatThrownBy(() -> unitOfWork.run(em -> em.persist(new Account("a", 2))))
                .isInstanceOf(org.hibernate.exception.ConstraintViolationException.class);

        assertThat(balance("a")).isEqualTo(1L);
    }

    @Test
    void failsWhenTheWorkSwallowedAFailureOfTheEntityManager() {
        insert("a", 1);

        assertThatThrownBy(() -> unitOfWork.run(em -> {
                    em.persist(new Account("b", 2));
                    em.persist(new Account("a", 2));
                    try {
                        em.flush();
                    } catch (RuntimeException swallowed) {
                        assertThat(swallowed).isNotNull();
                    }
                }))
                .isInstanceOf(UnexpectedRollbackException.class);

        assertThat(database.select("SELECT id FROM account")).containsExactly("a");
    }

    @Test
    void doesNotMakeCommittedWorkLookFailedWhenAnErrorFollowsTheCommit() {
        List<String> heard = new ArrayList<>();

        unitOfWork.run(em -> {
            em.persist(new Account("a", 1));
            failAfterCompletion(em);
            unitOfWork.current().afterCommit(() -> heard.add("committed"));
            unitOfWork.current().afterRollback(() -> heard.add("rolled back"));
        });

        assertThat(heard).containsExactly("committed");
        assertThat(balance("a")).isEqualTo(1L);
    }

    @Test
    void givesTheConnectionBackWhenAnErrorFollowsTheRollback() {
        IllegalStateException failure = new IllegalStateException("the work's own");

        assertThatThrownBy(() -> unitOfWork.run(em -> {
                    em.persist(new Account("a", 1));
                    em.flush();
                    failAfterCompletion(em);
                    throw failure;
                }))
                .isSameAs(failure)
                .satisfies(e -> assertThat(e.getSuppressed()).hasOnlyElementsOfType(AssertionError.class));
    }

    private static void failAfterCompletion(EntityManager em) {
        AfterCompletionCallback failing = (success, session) -> {
            throw new AssertionError("after completion");
        };
        em.unwrap(SessionImplementor.class).getTransactionCompletionCallbacks().registerCallback(failing);
    }

    /** Backends are killed at random while eight threads work; what a scope reports must be what the table says. */
    @Test
    void reportsWhatIsTrueWhileBackendsAreKilled() throws Exception {
        int threads = 8;
        int kills = Integer.getInteger("hexai.failure.kills", 40);
        Set<String> reportedDone = ConcurrentHashMap.newKeySet();
        Set<String> reportedFailed = ConcurrentHashMap.newKeySet();
        AtomicInteger killed = new AtomicInteger();
        try (HikariDataSource pool = TestFactory.pool(database.jdbcUrl(), threads);
                EntityManagerFactory factory = over(pool)) {
            UnitOfWork resolving =
                    UnitOfWork.builder(factory).resolveUnknownCommit().build();
            ExecutorService workers = Executors.newFixedThreadPool(threads);
            try {
                List<Future<?>> running = new ArrayList<>();
                for (int i = 0; i < threads; i++) {
                    String worker = "w" + i + "-";
                    running.add(workers.submit(() -> {
                        for (int j = 0; killed.get() < kills; j++) {
                            String id = worker + j;
                            try {
                                resolving.run(em -> {
                                    em.persist(new Account(id, 1));
                                    em.flush();
                                    em.find(Account.class, id).balance = 2;
                                });
                                reportedDone.add(id);
                            } catch (RuntimeException e) {
                                reportedFailed.add(id);
                            }
                        }
                    }));
                }
                while (killed.get() < kills) {
                    killed.addAndGet(killOneOf(database.jdbcUrl()));
                }
                for (Future<?> each : running) {
                    each.get(60, TimeUnit.SECONDS);
                }
            } finally {
                workers.shutdownNow();
            }
            assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
            resolving.run(em -> em.persist(new Account("afterwards", 1)));
        }
        Set<Object> rows = Set.copyOf(database.select("SELECT id FROM account WHERE id <> 'afterwards'"));
        System.out.println("Killed backends: " + killed + ", units done: " + reportedDone.size() + ", failed: "
                + reportedFailed.size());
        assertThat(rows).isEqualTo(Set.copyOf(reportedDone));
        assertThat(reportedFailed).isNotEmpty();
    }

    private static int killOneOf(String jdbcUrl) {
        String sql = """
                SELECT count(*) FROM (SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid() AND pid %% 4 = %d LIMIT 1) killed
                """.formatted(ThreadLocalRandom.current().nextInt(4));
        return ((Long) database.select(sql).get(0)).intValue();
    }

    private static EntityManagerFactory over(DataSource dataSource) {
        return new HibernatePersistenceConfiguration("faulty")
                .managedClasses(Account.class)
                .property("jakarta.persistence.nonJtaDataSource", dataSource)
                .createEntityManagerFactory();
    }

    private static void killBackendOf(EntityManager em) {
        kill((Integer) em.createNativeQuery("SELECT pg_backend_pid()").getSingleResult());
    }

    private static void kill(int pid) {
        org.awaitility.Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> {
            database.select("SELECT pg_terminate_backend(" + pid + ")");
            return database.select("SELECT 1 FROM pg_stat_activity WHERE pid = " + pid)
                    .isEmpty();
        });
    }
}
