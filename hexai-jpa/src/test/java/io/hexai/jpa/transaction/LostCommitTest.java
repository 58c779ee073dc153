package io.hexai.jpa.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.testing.ManualClock;
import io.hexai.jpa.testing.TcpProxy;
import io.hexai.jpa.testing.TcpProxy.Fate;
import io.hexai.jpa.testing.TestFactory;
import jakarta.persistence.EntityManagerFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** The connection is lost around COMMIT: what the scope reports must be what the server did. */
class LostCommitTest extends AccountTests {

    final List<String> heard = new ArrayList<>();
    final List<Duration> slept = new ArrayList<>();

    TcpProxy proxy;
    HikariDataSource pool;
    EntityManagerFactory factory;
    UnitOfWork plain;
    UnitOfWork resolving;

    @BeforeEach
    void connectThroughTheProxy() {
        proxy = TcpProxy.before(database.jdbcUrl());
        connect(1_000);
    }

    void connect(long timeoutMillis) {
        pool = TestFactory.pool(proxy.jdbcUrl(), 4);
        pool.setConnectionTimeout(timeoutMillis);
        factory = new HibernatePersistenceConfiguration("proxied")
                .managedClasses(Account.class)
                .property(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, pool)
                .property(AvailableSettings.STATEMENT_BATCH_SIZE, 0)
                .createEntityManagerFactory();
        plain = UnitOfWork.builder(factory).sleeper(slept::add).build();
        resolving = UnitOfWork.builder(factory)
                .sleeper(slept::add)
                .resolveUnknownCommit()
                .build();
    }

    @AfterEach
    void givesAllConnectionsBack() {
        assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
        disconnect();
        proxy.close();
    }

    void disconnect() {
        factory.close();
        pool.close();
    }

    @Test
    void isASuccessIfTheServerCommitted() {
        proxy.nextCommit(Fate.ANSWER_LOST);

        String result = plain.call(em -> {
            em.persist(new Account("a", 1));
            plain.current().afterCommit(() -> heard.add("committed"));
            plain.current().afterRollback(() -> heard.add("rolled back"));
            return "result";
        });

        assertThat(result).isEqualTo("result");
        assertThat(heard).containsExactly("committed");
        assertThat(balance("a")).isEqualTo(1L);
    }

    @Test
    void isAFailureThatIsRepeatedIfTheServerRolledBack() {
        proxy.nextCommit(Fate.LOST_BEFORE);
        assertThatThrownBy(() -> plain.run(em -> {
                    em.persist(new Account("a", 1));
                    plain.current().afterCommit(() -> heard.add("committed"));
                    plain.current().afterRollback(() -> heard.add("rolled back"));
                }))
                .isInstanceOf(CommitAbortedException.class);
        assertThat(heard).containsExactly("rolled back");
        assertThat(database.select("SELECT id FROM account")).isEmpty();

        proxy.nextCommit(Fate.LOST_BEFORE);
        int attempt = plain.with(o -> o.withRetry(RetryPolicy.attempts(2))).call(em -> {
            em.persist(new Account("a", 1));
            return plain.current().attempt();
        });

        assertThat(attempt).isEqualTo(2);
        assertThat(balance("a")).isEqualTo(1L);
    }

    @Test
    void isAskedAboutUntilTheDeadlineWhileTheServerCallsItInProgress() {
        ManualClock clock = new ManualClock();
        UnitOfWork timed = UnitOfWork.builder(factory)
                .clock(clock)
                .sleeper(delay -> {
                    slept.add(delay);
                    clock.advance(delay);
                })
                .build();
        proxy.nextCommit(Fate.LEFT_OPEN);

        assertThatThrownBy(() -> timed.with(o -> o.withTimeout(Duration.ofSeconds(2))
                                .withRetry(RetryPolicy.attempts(5).withRetryOn(failure -> true)))
                        .run(em -> {
                            heard.add("attempt");
                            em.persist(new Account("a", 1));
                        }))
                .isInstanceOf(CommitOutcomeUnknownException.class)
                .hasMessageContaining("in progress");

        assertThat(heard).containsExactly("attempt");
        assertThat(slept).hasSize(20);
    }

    @Test
    void isAskedAboutUntilTheServerHasMadeUpItsMind() {
        proxy.nextCommit(Fate.LEFT_OPEN);
        UnitOfWork waiting = UnitOfWork.builder(factory)
                .sleeper(delay -> {
                    slept.add(delay);
                    database.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                            + " WHERE datname = current_database() AND state = 'idle in transaction'");
                })
                .build();

        assertThatThrownBy(() -> waiting.run(em -> em.persist(new Account("a", 1))))
                .isInstanceOf(CommitAbortedException.class);

        assertThat(slept).isNotEmpty();
    }

    @Test
    void isAskedAboutForAsLongAsTheBuilderWasTold() {
        ManualClock clock = new ManualClock();
        UnitOfWork impatient = UnitOfWork.builder(factory)
                .commitPatience(Duration.ofMillis(250))
                .clock(clock)
                .sleeper(delay -> {
                    slept.add(delay);
                    clock.advance(delay);
                })
                .build();
        proxy.nextCommit(Fate.LEFT_OPEN);

        assertThatThrownBy(() -> impatient.run(em -> em.persist(new Account("a", 1))))
                .isInstanceOf(CommitOutcomeUnknownException.class)
                .hasMessageContaining("in progress");

        assertThat(slept).hasSize(2);
    }

    @Test
    void isAskedAboutForNoNegativeTime() {
        assertThatThrownBy(() -> UnitOfWork.builder(factory).commitPatience(Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PT-0.001S");
    }

    @Test
    void staysUnknownIfNoServerAnswers() {
        ManualClock clock = new ManualClock();
        UnitOfWork timed = UnitOfWork.builder(factory)
                .clock(clock)
                .sleeper(delay -> clock.advance(Duration.ofSeconds(8)))
                .build();
        proxy.nextCommit(Fate.UNREACHABLE);

        assertThatThrownBy(() -> timed.run(em -> em.persist(new Account("a", 1))))
                .isInstanceOf(CommitOutcomeUnknownException.class)
                .hasMessageContaining("no server answered")
                .satisfies(e -> assertThat(e.getCause().getSuppressed()).isNotEmpty());

        assertThat(balance("a")).isEqualTo(1L);
    }

    @Nested
    class OfWhichTheId {

        @Test
        void cameWithTheSavepointOfANestedScopeIsResolved() {
            proxy.nextCommit(Fate.ANSWER_LOST);

            plain.run(em -> {
                em.createNativeQuery("CREATE TABLE IF NOT EXISTS made_inside (id int)")
                        .executeUpdate();
                plain.with(Propagation.NESTED).run(inner -> inner.find(Account.class, "none"));
            });

            assertThat(database.select("SELECT count(*) FROM made_inside")).containsExactly(0L);
        }

        @Test
        void cameWithAWriteInsideANestedScopeThatRolledBackIsResolved() {
            proxy.nextCommit(Fate.ANSWER_LOST);

            plain.run(em -> {
                assertThatThrownBy(() -> plain.with(Propagation.NESTED).run(inner -> {
                            inner.persist(new Account("inner", 1));
                            inner.flush();
                            throw new IllegalStateException();
                        }))
                        .isInstanceOf(IllegalStateException.class);
                em.createNativeQuery("SELECT 1").getSingleResult();
            });

            assertThat(database.select("SELECT id FROM account")).isEmpty();
        }

        @Test
        void nobodyLearntStaysUnknownAndIsNeverRepeated() {
            proxy.nextCommit(Fate.ANSWER_LOST);

            assertThatThrownBy(() -> plain.with(
                                    o -> o.withRetry(RetryPolicy.attempts(5).withRetryOn(failure -> true)))
                            .run(em -> {
                                heard.add("attempt");
                                writeInABatch(em, "a");
                            }))
                    .isInstanceOf(CommitOutcomeUnknownException.class)
                    .hasMessageContaining("resolveUnknownCommit");

            assertThat(heard).containsExactly("attempt");
            assertThat(balance("a")).isEqualTo(1L);
        }

        @Test
        void isAskedForBeforeTheCommitOfABatchOnDemand() {
            proxy.nextCommit(Fate.ANSWER_LOST);

            resolving.run(em -> writeInABatch(em, "a"));

            assertThat(balance("a")).isEqualTo(1L);
        }

        @ParameterizedTest
        @EnumSource(
                mode = Mode.INCLUDE,
                names = {"ANSWER_LOST", "LOST_BEFORE"})
        void isNoneBecauseNothingWasWrittenMakesNoDifference(Fate fate) {
            proxy.nextCommit(fate);

            int attempt = resolving
                    .with(o -> o.withRetry(RetryPolicy.attempts(2)))
                    .call(em -> {
                        em.createQuery("from Account").getResultList();
                        return resolving.current().attempt();
                    });

            assertThat(attempt).isEqualTo(2);
        }

        @Test
        void isNoneBecauseTheScopeIsReadOnlyMakesNoDifference() {
            proxy.nextCommit(Fate.ANSWER_LOST);

            int attempt = plain.with(o -> o.withReadOnly(true).withRetry(RetryPolicy.attempts(2)))
                    .call(em -> {
                        em.createQuery("from Account").getResultList();
                        return plain.current().attempt();
                    });

            assertThat(attempt).isEqualTo(2);
        }
    }

    /** Every third COMMIT is lost, before or after the server has done it, while eight threads work over four connections. */
    @Test
    void isReportedAsItIsUnderLoad() throws Exception {
        int units = Integer.getInteger("hexai.failure.commits", 150);
        AtomicInteger commits = new AtomicInteger();
        disconnect();
        connect(60_000);
        proxy.everyCommit(() -> switch (commits.incrementAndGet() % 6) {
            case 0 -> Fate.LOST_BEFORE;
            case 3 -> Fate.ANSWER_LOST;
            default -> Fate.FORWARDED;
        });
        Set<String> reportedDone = ConcurrentHashMap.newKeySet();
        Set<String> reportedAborted = ConcurrentHashMap.newKeySet();
        ExecutorService workers = Executors.newFixedThreadPool(8);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < units; i++) {
                String id = "unit-" + i;
                running.add(workers.submit(() -> {
                    try {
                        plain.run(em -> em.persist(new Account(id, 1)));
                        reportedDone.add(id);
                    } catch (CommitAbortedException e) {
                        reportedAborted.add(id);
                    }
                }));
            }
            for (Future<?> each : running) {
                each.get(120, TimeUnit.SECONDS);
            }
        } finally {
            workers.shutdownNow();
        }

        System.out.println("Lost commits: " + commits.get() / 3 + ", units done: " + reportedDone.size() + ", aborted: "
                + reportedAborted.size());
        assertThat(Set.copyOf(database.select("SELECT id FROM account"))).isEqualTo(Set.copyOf(reportedDone));
        assertThat(reportedAborted).hasSize(commits.get() / 6);
    }

    private static void writeInABatch(jakarta.persistence.EntityManager em, String id) {
        em.unwrap(org.hibernate.Session.class).doWork(connection -> {
            try (var statement =
                    connection.prepareStatement("INSERT INTO account (id, version, balance) VALUES (?, 0, 1)")) {
                statement.setString(1, id);
                statement.addBatch();
                statement.executeBatch();
            }
        });
    }
}
