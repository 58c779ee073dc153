package io.hexai.jpa.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.query.Queries;
import io.hexai.jpa.query.QueryAnswers;
import io.hexai.jpa.repository.EntityRepository;
import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.transaction.RetryPolicy;
import io.hexai.jpa.transaction.TransactionOptions;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OptimisticLockException;
import jakarta.persistence.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.stat.Statistics;
import org.hibernate.type.SqlTypes;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What pg-dao and yuow got wrong, and no test of a single feature shows to be right. */
class EarlierDefectsTest {

    @Entity(name = "DefectAccount")
    static class Account {
        @Id
        String id;

        @Version
        @Column(name = "revision")
        int version;

        String owner = "Ann";

        @ManyToOne
        Account parent;

        protected Account() {}

        Account(String id) {
            this.id = id;
        }
    }

    @Entity(name = "DefectReading")
    static class Reading {
        @Id
        long id = 1;

        double value = Double.NaN;

        @JdbcTypeCode(SqlTypes.JSON)
        Map<String, Object> details = Map.of("number", 5, "list", List.of(1, 2));
    }

    static TestFactory database;

    UnitOfWork unitOfWork;

    @BeforeAll
    static void start() {
        database = TestFactory.of(
                Map.of(
                        AvailableSettings.GENERATE_STATISTICS, true,
                        AvailableSettings.STATEMENT_BATCH_SIZE, 50,
                        AvailableSettings.ORDER_UPDATES, true),
                Account.class,
                Reading.class);
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @BeforeEach
    void store() {
        database.execute("TRUNCATE DefectAccount, DefectReading");
        unitOfWork = UnitOfWork.of(database.factory());
        unitOfWork.run(em -> {
            em.persist(new Account("a"));
            em.persist(new Account("b"));
            em.persist(new Reading());
        });
    }

    @Nested
    class OfPgDao {

        @Test
        void aRowThatIsGoneIsNoSuccess() {
            assertThatThrownBy(() -> unitOfWork.run(em -> {
                        em.find(Reading.class, 1L).value = 1;
                        database.execute("DELETE FROM DefectReading");
                    }))
                    .isInstanceOf(OptimisticLockException.class);
            assertThatThrownBy(() -> unitOfWork.run(em -> {
                        em.remove(em.find(Account.class, "a"));
                        database.execute("DELETE FROM DefectAccount WHERE id = 'a'");
                    }))
                    .isInstanceOf(OptimisticLockException.class);
        }

        @Test
        void anIdentifierIsNeverPartOfAStatement() {
            String hostile = "x' OR id = 'b";
            unitOfWork.run(em -> em.persist(new Account(hostile)));
            unitOfWork.run(em -> em.find(Account.class, hostile).owner = "Eve");
            unitOfWork.run(em -> em.remove(em.find(Account.class, hostile)));

            assertThat(database.select("SELECT id || owner FROM DefectAccount ORDER BY id"))
                    .containsExactly("aAnn", "bAnn");
        }

        @Test
        void aNegativeNumberMakesNoComment() {
            int found = unitOfWork.call(() ->
                    Queries.of(unitOfWork).sql("SELECT 3-:x").param("x", -1).single(Integer.class));

            assertThat(found).isEqualTo(4);
        }

        @Test
        void nullAndNothingAreValidConditions() {
            EntityRepository<Account, String> accounts = EntityRepository.of(unitOfWork, Account.class, String.class);
            unitOfWork.run(em -> {
                accounts.get("b").owner = null;

                assertThat(accounts.list()).hasSize(2);
                assertThat(accounts.findAll(List.of())).isEmpty();
                assertThat(em.createQuery("from DefectAccount a where a.owner in :none", Account.class)
                                .setParameter("none", List.of())
                                .getResultList())
                        .isEmpty();
                assertThat(Queries.of(unitOfWork)
                                .sql("SELECT id FROM DefectAccount WHERE owner IS NOT DISTINCT FROM :owner::text")
                                .param("owner", null)
                                .list(String.class))
                        .containsExactly("b");
            });
        }

        @Test
        void severalQueriesAreAnsweredByNameHoweverManyThereAre() {
            Queries queries = Queries.of(unitOfWork);

            QueryAnswers one = unitOfWork.call(
                    () -> queries.all(queries.sql("SELECT 1 AS x").named("only")));
            assertThat(one.of("only").single(Integer.class)).isEqualTo(1);
            assertThat(unitOfWork.call(() -> queries.all()).names()).isEmpty();
        }

        @Test
        void parentsAreInsertedBeforeTheirChildrenAndDeletedAfterThem() {
            unitOfWork.run(em -> {
                Account child = new Account("child");
                Account parent = new Account("parent");
                child.parent = parent;
                em.persist(parent);
                em.persist(child);
            });
            unitOfWork.run(em -> {
                em.remove(em.find(Account.class, "child"));
                em.remove(em.find(Account.class, "parent"));
            });

            assertThat(database.select("SELECT count(*) FROM DefectAccount")).containsExactly(2L);
        }

        @Test
        void anIdentifierThatWasChangedFailsTheCommit() {
            assertThatThrownBy(() -> unitOfWork.run(em -> em.find(Account.class, "a").id = "z"))
                    .hasStackTraceContaining("was altered from a to z");
            assertThat(database.select("SELECT id FROM DefectAccount ORDER BY id"))
                    .containsExactly("a", "b");
        }

        @Test
        void valuesAreComparedByWhatTheyAre() {
            unitOfWork.run(em -> {
                Reading reading = em.find(Reading.class, 1L);
                assertThat(unitOfWork.current().changes().isEmpty()).isTrue();
                reading.details = Map.of("number", 5, "list", List.of(1, 2));
                assertThat(unitOfWork.current().changes().isEmpty()).isTrue();
                reading.details = Map.of("number", "5", "list", List.of(1, 2));
                assertThat(unitOfWork.current().changes().modifiedAttributes(reading))
                        .containsExactly("details");
                reading.details = Map.of("number", 5, "list", List.of(2, 1));
                assertThat(unitOfWork.current().changes().modifiedAttributes(reading))
                        .containsExactly("details");
            });
        }

        @Test
        void aHundredEntitiesTakeOneStatementForAllBatches() {
            Statistics statistics = database.factory().getStatistics();
            statistics.clear();
            unitOfWork.run(em -> {
                for (int i = 0; i < 100; i++) {
                    em.persist(new Account("n" + i));
                }
            });

            assertThat(statistics.getPrepareStatementCount()).isEqualTo(1);
        }
    }

    @Nested
    class OfYuow {

        @Test
        void whatWasInsertedCanBeUpdatedInTheSameUnit() {
            for (TransactionOptions options : List.of(TransactionOptions.defaults(), TransactionOptions.optimistic())) {
                String id = "c" + options.mode();
                unitOfWork.with(options).run(em -> {
                    Account account = new Account(id);
                    em.persist(account);
                    em.flush();
                    account.owner = "Bob";
                });

                assertThat(database.select("SELECT owner || revision FROM DefectAccount WHERE id = '" + id + "'"))
                        .containsExactly("Bob1");
            }
        }

        @Test
        void aConflictSaysWhichEntityItWas() {
            assertThatExceptionOfType(OptimisticLockException.class)
                    .isThrownBy(() -> unitOfWork.run(em -> {
                        em.find(Account.class, "a").owner = "Bob";
                        database.execute("UPDATE DefectAccount SET revision = revision + 1 WHERE id = 'a'");
                    }))
                    .withStackTraceContaining("Account")
                    .withStackTraceContaining("a");
            assertThat(database.select("SELECT owner FROM DefectAccount WHERE id = 'a'"))
                    .containsExactly("Ann");
        }

        @Test
        void theLastOfTheAttemptsMaySucceed() {
            AtomicInteger attempts = new AtomicInteger();
            unitOfWork
                    .with(TransactionOptions.optimistic().withRetry(RetryPolicy.attempts(7)))
                    .run(em -> {
                        em.find(Account.class, "a").owner = "attempt " + attempts.incrementAndGet();
                        if (attempts.get() < 7) {
                            database.execute("UPDATE DefectAccount SET revision = revision + 1 WHERE id = 'a'");
                        }
                    });

            assertThat(database.select("SELECT owner || revision FROM DefectAccount WHERE id = 'a'"))
                    .containsExactly("attempt 77");
        }

        @Test
        void aDeadlockIsRepeated() throws Exception {
            CyclicBarrier bothHoldOne = new CyclicBarrier(2);
            AtomicInteger attempts = new AtomicInteger();
            UnitOfWork repeating = unitOfWork.with(o -> o.withRetry(RetryPolicy.attempts(5)));
            ExecutorService threads = Executors.newFixedThreadPool(2);
            try {
                List<Future<?>> both = new ArrayList<>();
                for (List<String> order : List.of(List.of("a", "b"), List.of("b", "a"))) {
                    both.add(threads.submit(() -> {
                        AtomicInteger ofThis = new AtomicInteger();
                        repeating.run(em -> {
                            em.createNativeQuery("SET LOCAL deadlock_timeout = '50ms'")
                                    .executeUpdate();
                            attempts.incrementAndGet();
                            em.find(Account.class, order.get(0)).owner = order.get(0);
                            em.flush();
                            if (ofThis.getAndIncrement() == 0) {
                                bothHoldOne.await();
                            }
                            em.find(Account.class, order.get(1)).owner = order.get(0);
                        });
                        return null;
                    }));
                }
                for (Future<?> each : both) {
                    each.get();
                }
            } finally {
                threads.shutdownNow();
            }

            assertThat(attempts.get()).isGreaterThan(2);
            assertThat(database.select("SELECT DISTINCT revision FROM DefectAccount"))
                    .containsExactly(2);
        }
    }
}
