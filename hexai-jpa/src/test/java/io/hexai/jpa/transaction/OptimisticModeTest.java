package io.hexai.jpa.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.testing.TestFactory;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Id;
import jakarta.persistence.LockModeType;
import jakarta.persistence.OptimisticLockException;
import jakarta.persistence.PersistenceException;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Savepoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.hibernate.Hibernate;
import org.hibernate.Session;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyManager;

class OptimisticModeTest {

    @Entity(name = "Setting")
    static class Setting {
        @Id
        String name;

        String content;

        protected Setting() {}

        Setting(String name, String content) {
            this.name = name;
            this.content = content;
        }
    }

    static TestFactory database;

    UnitOfWork unitOfWork;
    UnitOfWork optimistic;

    @BeforeAll
    static void start() {
        database = TestFactory.of(Account.class, Setting.class);
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @BeforeEach
    void begin() {
        database.execute("TRUNCATE account; TRUNCATE setting");
        database.execute("INSERT INTO account (id, version, balance) VALUES ('a', 0, 10), ('b', 0, 20)");
        unitOfWork = UnitOfWork.of(database.factory());
        optimistic = unitOfWork.with(TransactionOptions.optimistic());
    }

    @AfterEach
    void everythingIsGivenBack() {
        assertThat(unitOfWork.isActive()).isFalse();
        assertThat(database.borrowedConnections()).isZero();
    }

    @Test
    void holdsNoConnectionBetweenReads() {
        optimistic.run(em -> {
            Account account = em.find(Account.class, "a");
            assertThat(database.borrowedConnections()).isZero();
            List<Account> all =
                    em.createQuery("from Account order by id", Account.class).getResultList();
            assertThat(database.borrowedConnections()).isZero();
            assertThat(all).first().isSameAs(account);
            account.balance = 11;
        });

        assertThat(balance("a")).isEqualTo(11L);
    }

    @Test
    void runsReadsOutsideATransactionAndWritesInOne() {
        optimistic.run(em -> {
            Object first =
                    em.createNativeQuery("SELECT pg_current_xact_id()::text").getSingleResult();
            Object second =
                    em.createNativeQuery("SELECT pg_current_xact_id()::text").getSingleResult();
            assertThat(first).isNotEqualTo(second);
            em.find(Account.class, "a").balance = 1;
            em.find(Account.class, "b").balance = 2;
        });

        assertThat(database.select("SELECT count(DISTINCT xmin::text) FROM account"))
                .containsExactly(1L);
    }

    @Test
    void noticesAStaleVersionAndRepeatsWithFreshState() {
        List<Long> seen = new ArrayList<>();

        optimistic.run(em -> {
            Account account = em.find(Account.class, "a");
            seen.add(account.balance);
            if (seen.size() < 3) {
                database.execute("UPDATE account SET version = version + 1, balance = balance + 100 WHERE id = 'a'");
            }
            account.balance += 1;
        });

        assertThat(seen).containsExactly(10L, 110L, 210L);
        assertThat(balance("a")).isEqualTo(211L);
    }

    @Test
    void givesUpAfterFourAttempts() {
        List<Integer> attempts = new ArrayList<>();

        assertThatThrownBy(() -> optimistic.run(em -> {
                    attempts.add(unitOfWork.current().attempt());
                    Account account = em.find(Account.class, "a");
                    database.execute("UPDATE account SET version = version + 1 WHERE id = 'a'");
                    account.balance = 0;
                }))
                .isInstanceOf(OptimisticLockException.class);

        assertThat(attempts).containsExactly(1, 2, 3, 4);
    }

    @Test
    void leavesNoRowOfAFailedAttempt() {
        optimistic.run(em -> {
            int attempt = unitOfWork.current().attempt();
            em.persist(new Account("attempt-" + attempt, attempt));
            Account account = em.find(Account.class, "a");
            if (attempt == 1) {
                database.execute("UPDATE account SET version = version + 1 WHERE id = 'a'");
            }
            account.balance = attempt;
        });

        assertThat(database.select("SELECT id FROM account WHERE id LIKE 'attempt%'"))
                .containsExactly("attempt-2");
    }

    @Test
    void doesNotFlushBeforeQueries() {
        optimistic.run(em -> {
            em.find(Account.class, "a").balance = 999;
            long rich = em.createQuery("select count(*) from Account where balance = 999", Long.class)
                    .getSingleResult();
            assertThat(rich).isZero();
        });

        assertThat(balance("a")).isEqualTo(999L);
    }

    @Test
    void rollsAnExplicitFlushBackWithTheRest() {
        assertThatThrownBy(() -> optimistic.run(em -> {
                    em.find(Account.class, "a").balance = 1;
                    em.flush();
                    assertThat(database.borrowedConnections()).isOne();
                    throw new IllegalStateException();
                }))
                .isInstanceOf(IllegalStateException.class);

        assertThat(balance("a")).isEqualTo(10L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"lock", "native", "bulk", "flush", "nested"})
    void beginsTheTransactionAtTheFirstThingThatNeedsOne(String how) {
        optimistic.run(em -> {
            em.find(Account.class, "b");
            switch (how) {
                case "lock" -> em.find(Account.class, "a", LockModeType.PESSIMISTIC_WRITE);
                case "native" ->
                    em.createNativeQuery("UPDATE account SET balance = 5 WHERE id = 'a'")
                            .executeUpdate();
                case "bulk" ->
                    em.createQuery("update Account set balance = 5 where id = 'a'")
                            .executeUpdate();
                case "flush" -> {
                    em.find(Account.class, "a").balance = 5;
                    em.flush();
                }
                default ->
                    unitOfWork
                            .with(Propagation.NESTED)
                            .run(() -> em.createQuery("from Account").getResultList());
            }
            assertThat(database.borrowedConnections()).isOne();
            assertThat(transactionId(em)).isEqualTo(transactionId(em));
        });
    }

    @Test
    void appliesItsOptionsBeforeAStatementThatWasPreparedOutsideTheTransaction() {
        unitOfWork
                .with(TransactionOptions.optimistic().withIsolation(IsolationLevel.SERIALIZABLE))
                .run(em -> em.unwrap(Session.class).doWork(connection -> {
                    try (PreparedStatement read =
                            connection.prepareStatement("SELECT current_setting('transaction_isolation')")) {
                        read.executeQuery();
                        em.flush();
                        ResultSet row = read.executeQuery();
                        assertThat(row.next()).isTrue();
                        assertThat(row.getString(1)).isEqualTo("serializable");
                    }
                    em.persist(new Account("later", 1));
                }));

        assertThat(database.select("SELECT id FROM account WHERE id = 'later'")).hasSize(1);
    }

    @Test
    void restoresEntitiesAfterANestedRollback() {
        optimistic.run(em -> {
            Account account = em.find(Account.class, "a");
            account.balance = 50;
            assertThatThrownBy(() -> unitOfWork.with(Propagation.NESTED).run(() -> {
                        account.balance = 60;
                        em.flush();
                        throw new IllegalStateException();
                    }))
                    .isInstanceOf(IllegalStateException.class);
            assertThat(account.balance).isEqualTo(50);
        });

        assertThat(balance("a")).isEqualTo(50L);
    }

    @Test
    void refusesToWriteWhatHasNoVersionUnlessAllowed() {
        database.execute("INSERT INTO setting (name, content) VALUES ('theme', 'dark')");

        assertThatThrownBy(() -> optimistic.run(em -> {
                    em.find(Setting.class, "theme").content = "light";
                }))
                .isInstanceOfSatisfying(
                        UnversionedWriteException.class,
                        e -> assertThat(e.entityName()).isEqualTo("Setting"));
        optimistic.run(em -> em.persist(new Setting("new", "setting")));
        unitOfWork.run(em -> {
            em.find(Setting.class, "new").content = "changed";
        });
        UnitOfWork allowing = UnitOfWork.builder(database.factory())
                .allowUnversionedOptimisticWrites()
                .defaultOptions(TransactionOptions.optimistic())
                .build();
        allowing.run(em -> {
            em.find(Setting.class, "theme").content = "light";
        });

        assertThat(database.select("SELECT content FROM setting ORDER BY name")).containsExactly("changed", "light");
    }

    @Test
    void refusesToJoinATransactionThatSpansItsWork() {
        unitOfWork.run(() -> assertThatThrownBy(() -> optimistic.run(() -> {}))
                .isInstanceOfSatisfying(
                        IncompatibleTransactionException.class,
                        e -> assertThat(e.option()).isEqualTo("mode")));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void letsMoreThreadsThinkAtOnceThanThePoolHasConnections(boolean autoCommit) throws Exception {
        int threads = 8;
        CyclicBarrier allHaveRead = new CyclicBarrier(threads);
        try (HikariDataSource pool = TestFactory.pool(database.jdbcUrl(), 2)) {
            pool.setAutoCommit(autoCommit);
            try (EntityManagerFactory factory = new HibernatePersistenceConfiguration("narrow")
                    .managedClasses(Account.class)
                    .property("jakarta.persistence.nonJtaDataSource", pool)
                    .createEntityManagerFactory()) {
                UnitOfWork narrow = UnitOfWork.of(factory).with(TransactionOptions.optimistic());
                ExecutorService workers = Executors.newFixedThreadPool(threads);
                try {
                    List<Future<?>> running = new ArrayList<>();
                    for (int i = 0; i < threads; i++) {
                        String id = "thread-" + i;
                        running.add(workers.submit(() -> {
                            narrow.run(em -> {
                                em.find(Account.class, "a");
                                allHaveRead.await(30, TimeUnit.SECONDS);
                                em.persist(new Account(id, 1));
                            });
                            return null;
                        }));
                    }
                    for (Future<?> each : running) {
                        each.get(60, TimeUnit.SECONDS);
                    }
                } finally {
                    workers.shutdownNow();
                }
                assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
                try (var connection = pool.getConnection()) {
                    assertThat(connection.getAutoCommit()).isEqualTo(autoCommit);
                }
            }
        }
        assertThat(database.select("SELECT count(*) FROM account WHERE id LIKE 'thread%'"))
                .containsExactly(8L);
    }

    @Test
    void rollsBackWhatIsWrittenThroughTheDriversOwnInterface() {
        assertThatThrownBy(() -> optimistic.run(em -> {
                    em.unwrap(Session.class).doWork(connection -> {
                        CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
                        CopyIn rows = copy.copyIn("COPY account (id, version, balance) FROM STDIN");
                        byte[] row = "copied\t0\t1\n".getBytes(StandardCharsets.UTF_8);
                        rows.writeToCopy(row, 0, row.length);
                        rows.endCopy();
                    });
                    throw new IllegalArgumentException("after the copy");
                }))
                .isInstanceOf(IllegalArgumentException.class);

        assertThat(database.select("SELECT id FROM account WHERE id = 'copied'"))
                .isEmpty();
    }

    @Test
    void beginsTheTransactionForASavepointOfTheWorksOwn() {
        optimistic.run(em -> em.unwrap(Session.class).doWork(connection -> {
            Savepoint savepoint = connection.setSavepoint();
            em.createNativeQuery("UPDATE account SET balance = 99").executeUpdate();
            connection.rollback(savepoint);
        }));

        assertThat(balance("a")).isEqualTo(10L);
    }

    @Test
    void endsAReadThatOutlastsTheDeadline() {
        assertThatThrownBy(() -> optimistic
                        .with(o -> o.withTimeout(Duration.ofMillis(100)))
                        .run(em -> em.createNativeQuery("SELECT 1 FROM pg_sleep(60)")
                                .getResultList()))
                .hasStackTraceContaining("canceling statement");
    }

    @Test
    void holdsTheConnectionOfAStreamUntilItIsClosed() {
        optimistic.run(em -> {
            try (Stream<Account> accounts =
                    em.createQuery("from Account order by id", Account.class).getResultStream()) {
                assertThat(accounts.iterator().next().id).isEqualTo("a");
                assertThat(database.borrowedConnections()).isOne();
            }
            assertThat(database.borrowedConnections()).isZero();
        });
    }

    @Test
    void givesTheConnectionOfAForgottenStreamBackAtTheEnd() {
        optimistic.run(em -> em.createQuery("from Account", Account.class)
                .getResultStream()
                .iterator()
                .next());

        assertThat(database.borrowedConnections()).isZero();
    }

    @Test
    void givesTheConnectionBackWhenAReadFails() {
        assertThatThrownBy(() -> optimistic.run(em -> {
                    assertThatThrownBy(
                                    () -> em.createNativeQuery("SELECT 1 / 0").getSingleResult())
                            .isInstanceOf(PersistenceException.class);
                    assertThat(database.borrowedConnections()).isZero();
                }))
                .isInstanceOf(UnexpectedRollbackException.class);
    }

    @Test
    void holdsNoConnectionAfterAReferenceWasLoaded() {
        optimistic.run(em -> {
            Account account = em.getReference(Account.class, "a");
            assertThat(Hibernate.isInitialized(account)).isFalse();
            Hibernate.initialize(account);
            assertThat(database.borrowedConnections()).isZero();
        });
    }

    @Nested
    class AQueryThatWrites {

        @BeforeEach
        void createTheFunction() {
            database.execute("""
                    CREATE OR REPLACE FUNCTION deposit(amount bigint) RETURNS bigint LANGUAGE sql AS
                    'UPDATE account SET balance = balance + amount WHERE id = ''a'' RETURNING balance'""");
            database.execute("CREATE SEQUENCE IF NOT EXISTS numbers");
        }

        @Test
        void isRefusedWithTheRemedy() {
            assertThatThrownBy(() -> optimistic.run(
                            em -> em.createNativeQuery("SELECT deposit(5)").getSingleResult()))
                    .isInstanceOf(PersistenceException.class)
                    .hasStackTraceContaining("EntityManager.flush()");

            assertThat(balance("a")).isEqualTo(10L);
        }

        @Test
        void isPartOfTheTransactionAfterAFlush() {
            assertThatThrownBy(() -> optimistic.run(em -> {
                        em.flush();
                        em.createNativeQuery("SELECT deposit(5)").getSingleResult();
                        throw new IllegalArgumentException();
                    }))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(balance("a")).isEqualTo(10L);

            optimistic.run(em -> {
                em.flush();
                em.createNativeQuery("SELECT deposit(5)").getSingleResult();
            });
            assertThat(balance("a")).isEqualTo(15L);
        }

        @Test
        void leavesTheConnectionWritable() {
            assertThatThrownBy(() -> optimistic.run(
                            em -> em.createNativeQuery("SELECT deposit(5)").getSingleResult()))
                    .isInstanceOf(PersistenceException.class);

            optimistic.run(em -> {
                em.createNativeQuery("SELECT balance FROM account").getResultList();
                em.find(Account.class, "a").balance = 11;
            });

            assertThat(balance("a")).isEqualTo(11L);
        }

        @Test
        void mayDrawTheNumberOfARowToComeWithoutAConnectionBeingHeld() {
            optimistic.run(em -> {
                Object number =
                        em.createNativeQuery("select nextval('numbers')").getSingleResult();
                assertThat(number).isInstanceOf(Long.class);
                assertThat(database.borrowedConnections()).isZero();
            });
        }

        @Test
        void isNotNeededForAMessageThatIsSentWithTheTransaction() {
            optimistic.run(em -> {
                em.createNativeQuery("SELECT 1 FROM pg_notify('channel', 'text')")
                        .getResultList();
                assertThat(database.borrowedConnections()).isOne();
            });
        }
    }

    @Test
    void knowsReadsFromWhatOnlyLooksLikeThem() {
        assertThat(PlainReads.isRead("select a from t where b = ?")).isTrue();
        assertThat(PlainReads.isRead("  (SELECT 1) UNION (SELECT 2)")).isTrue();
        assertThat(PlainReads.isRead("/* select a from A a */ select a from t")).isTrue();
        assertThat(PlainReads.isRead("/* one /* two */ select 1 */ delete from t"))
                .isFalse();
        assertThat(PlainReads.isRead("select a from t for update")).isFalse();
        assertThat(PlainReads.isRead("select a from t for no key update of t skip locked"))
                .isFalse();
        assertThat(PlainReads.isRead("SELECT pg_advisory_xact_lock(1)")).isFalse();
        assertThat(PlainReads.isRead("SELECT pg_notify('a', 'b')")).isFalse();
        assertThat(PlainReads.isRead("SELECT 1 INTO t")).isFalse();
        assertThat(PlainReads.isRead("select 1; delete from t")).isFalse();
        assertThat(PlainReads.isRead("with x as (delete from t returning *) select * from x"))
                .isFalse();
        assertThat(PlainReads.isRead("insert into t select 1")).isFalse();
    }

    private static Object balance(String id) {
        return database.select("SELECT balance FROM account WHERE id = '" + id + "'")
                .get(0);
    }

    private static Object transactionId(EntityManager em) {
        return em.createNativeQuery("SELECT pg_current_xact_id()::text").getSingleResult();
    }
}
