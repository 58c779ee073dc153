package io.hexai.jpa.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.testing.TestFactory;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Id;
import jakarta.persistence.PersistenceException;
import jakarta.persistence.PreUpdate;
import jakarta.persistence.Transient;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.hibernate.Session;
import org.hibernate.SessionEventListener;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PropagationTest extends AccountTests {

    @Nested
    class Existing {

        @Test
        void sharesTheTransactionAndTheEntityManager() {
            unitOfWork.run(outer -> {
                Object transaction = transactionId(outer);
                unitOfWork.run(inner -> {
                    assertThat(inner).isSameAs(outer);
                    assertThat(transactionId(inner)).isEqualTo(transaction);
                });
            });
        }

        @Test
        void tellsTheOwnerOfAFailureThatWasSwallowed() {
            IllegalStateException first = new IllegalStateException("first");
            IllegalStateException second = new IllegalStateException("second");

            assertThatThrownBy(() -> unitOfWork.run(em -> {
                        em.persist(new Account("a", 1));
                        swallow(() -> unitOfWork.run(() -> {
                            throw first;
                        }));
                        swallow(() -> unitOfWork.run(() -> {
                            throw second;
                        }));
                        em.persist(new Account("b", 1));
                        em.flush();
                    }))
                    .isInstanceOf(UnexpectedRollbackException.class)
                    .hasCause(first)
                    .satisfies(e -> assertThat(e.getCause().getSuppressed()).containsExactly(second));

            assertThat(database.select("SELECT id FROM account")).isEmpty();
        }

        @Test
        void letsTheOwnersOwnExceptionWinAndTakeTheSwallowedOneAlong() {
            IllegalStateException own = new IllegalStateException("own");
            IllegalStateException joined = new IllegalStateException("joined");

            assertThatThrownBy(() -> unitOfWork.run(() -> {
                        swallow(() -> unitOfWork.run(() -> {
                            throw joined;
                        }));
                        throw own;
                    }))
                    .isSameAs(own)
                    .satisfies(e -> assertThat(e.getSuppressed()).containsExactly(joined));
        }

        @Test
        void suppressesNothingIntoAnExceptionThatIsOrWrapsTheJoinedOne() {
            IllegalStateException joined = new IllegalStateException("joined");

            assertThatThrownBy(() -> unitOfWork.run(() -> unitOfWork.run(() -> {
                        throw joined;
                    })))
                    .isSameAs(joined)
                    .hasNoSuppressedExceptions();
            assertThatThrownBy(() -> unitOfWork.run(() -> {
                        try {
                            unitOfWork.run(() -> {
                                throw joined;
                            });
                        } catch (IllegalStateException e) {
                            throw new IllegalArgumentException(e);
                        }
                    }))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasCause(joined)
                    .hasNoSuppressedExceptions();
        }

        @Test
        void isRefusedBeforeAnyWorkRunsIfItAsksForAnotherIsolation() {
            UnitOfWork serializable = unitOfWork.with(o -> o.withIsolation(IsolationLevel.SERIALIZABLE));

            unitOfWork.run(() -> assertThatThrownBy(() -> serializable.run(() -> {
                        throw new AssertionError("must not run");
                    }))
                    .isInstanceOfSatisfying(IncompatibleTransactionException.class, e -> {
                        assertThat(e.option()).isEqualTo("isolation");
                        assertThat(e.requested()).isEqualTo("SERIALIZABLE");
                        assertThat(e.running()).isEqualTo("READ_COMMITTED");
                    }));
        }

        @ParameterizedTest
        @EnumSource(
                value = Propagation.class,
                names = {"EXISTING", "NESTED"})
        void runsIfTheServerGaveTheTransactionTheIsolationThatItAsksFor(Propagation propagation) {
            UnitOfWork committed =
                    unitOfWork.with(o -> o.withPropagation(propagation).withIsolation(IsolationLevel.READ_COMMITTED));

            unitOfWork.run(() -> committed.run(em -> em.persist(new Account("a", 1))));

            assertThat(balance("a")).isEqualTo(1L);
        }

        @Test
        void asksForTheIsolationWithoutBeginningTheTransactionOfAnOptimisticScope() {
            unitOfWork.with(TransactionOptions.optimistic()).run(() -> {
                unitOfWork
                        .with(o -> o.withIsolation(IsolationLevel.READ_COMMITTED))
                        .run(em -> assertThat(em.find(Account.class, "a")).isNull());
                assertThat(database.borrowedConnections()).isZero();
            });
        }

        @Test
        void isRefusedIfItAsksToWriteInAReadOnlyTransaction() {
            unitOfWork.with(o -> o.withReadOnly(true)).run(() -> {
                assertThatThrownBy(() ->
                                unitOfWork.with(o -> o.withReadOnly(false)).run(() -> {}))
                        .isInstanceOf(IncompatibleTransactionException.class);
                assertThatCode(() -> unitOfWork.run(() -> {})).doesNotThrowAnyException();
            });
        }
    }

    @Nested
    class New {

        @Test
        void runsOnItsOwnConnectionAndDoesNotSeeTheOuterChanges() {
            unitOfWork.run(outer -> {
                outer.persist(new Account("outer", 1));
                outer.flush();
                Object transaction = transactionId(outer);
                unitOfWork.with(Propagation.NEW).run(inner -> {
                    assertThat(transactionId(inner)).isNotEqualTo(transaction);
                    assertThat(inner.find(Account.class, "outer")).isNull();
                    inner.persist(new Account("inner", 1));
                });
                assertThat(unitOfWork.entityManager()).isSameAs(outer);
            });

            assertThat(database.select("SELECT id FROM account ORDER BY id")).containsExactly("inner", "outer");
        }

        @Test
        void failsWithAWordAboutThePoolWhenItHasNoConnectionLeft() {
            try (var pool = TestFactory.pool(database.jdbcUrl(), 1);
                    var factory = new HibernatePersistenceConfiguration("one")
                            .managedClasses(Account.class)
                            .property("jakarta.persistence.nonJtaDataSource", pool)
                            .createEntityManagerFactory()) {
                UnitOfWork narrow = UnitOfWork.of(factory);

                assertThatThrownBy(() -> narrow.run(outer -> {
                            outer.find(Account.class, "a");
                            narrow.with(Propagation.NEW).run(inner -> inner.find(Account.class, "a"));
                        }))
                        .hasStackTraceContaining("No connection for Propagation.NEW");

                narrow.run(em -> em.persist(new Account("later", 1)));
                assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
            }
        }

        @Test
        void failsAtOnceWhenEveryConnectionIsHeldBySomebodyWhoWaitsForAnother() throws Exception {
            int threads = 4;
            CyclicBarrier allHoldOne = new CyclicBarrier(threads);
            try (var pool = TestFactory.pool(database.jdbcUrl(), threads)) {
                pool.setConnectionTimeout(60_000);
                try (var factory = new HibernatePersistenceConfiguration("full")
                        .managedClasses(Account.class)
                        .property("jakarta.persistence.nonJtaDataSource", pool)
                        .createEntityManagerFactory()) {
                    UnitOfWork full = UnitOfWork.of(factory);
                    ExecutorService workers = Executors.newFixedThreadPool(threads);
                    try {
                        List<Future<Boolean>> running = new ArrayList<>();
                        for (int i = 0; i < threads; i++) {
                            running.add(workers.submit(() -> full.call(outer -> {
                                outer.find(Account.class, "a");
                                allHoldOne.await(30, TimeUnit.SECONDS);
                                try {
                                    full.with(Propagation.NEW).run(inner -> inner.find(Account.class, "a"));
                                    return true;
                                } catch (RuntimeException e) {
                                    assertThat(e).hasStackTraceContaining("held by transactions that wait for another");
                                    return false;
                                }
                            })));
                        }
                        int failed = 0;
                        for (Future<Boolean> each : running) {
                            failed += each.get(30, TimeUnit.SECONDS) ? 0 : 1;
                        }
                        assertThat(failed).isBetween(1, threads - 1);
                    } finally {
                        workers.shutdownNow();
                    }
                }
            }
        }
    }

    @Nested
    class NestedScopes {

        @Test
        void rollBackToTheirSavepointOnly() {
            unitOfWork.run(em -> {
                em.persist(new Account("1", 1));
                swallow(() -> unitOfWork.with(Propagation.NESTED).run(() -> {
                    em.persist(new Account("2", 1));
                    em.flush();
                    throw new IllegalStateException();
                }));
                em.persist(new Account("3", 1));
                unitOfWork.with(Propagation.NESTED).run(() -> em.persist(new Account("4", 1)));
            });

            assertThat(database.select("SELECT id FROM account ORDER BY id")).containsExactly("1", "3", "4");
        }

        @Test
        void surviveAUniqueViolationInTheMiddleOfAFlush() {
            unitOfWork.run(em -> {
                Account first = new Account("first", 1);
                first.email = "same@example.org";
                em.persist(first);
                List<Account> more = new ArrayList<>();

                assertThatThrownBy(() -> unitOfWork.with(Propagation.NESTED).run(() -> {
                            first.balance = 99;
                            for (int i = 0; i < 5; i++) {
                                Account account = new Account("n" + i, i);
                                account.email = i == 3 ? "same@example.org" : "n" + i;
                                more.add(account);
                                em.persist(account);
                            }
                        }))
                        .isInstanceOf(PersistenceException.class);

                assertThat(first.balance).isEqualTo(1);
                assertThat(first.version).isZero();
                assertThat(more).noneMatch(em::contains);
                more.get(3).email = "other@example.org";
                more.forEach(em::persist);
                first.balance = 2;
            });

            assertThat(database.select("SELECT count(*) FROM account")).containsExactly(6L);
            assertThat(database.select("SELECT balance FROM account WHERE id = 'first'"))
                    .containsExactly(2L);
        }

        @Test
        void dropHooksAndResourcesWhenTheyRollBack() {
            List<String> heard = new ArrayList<>();
            ResourceKey<List<String>> key = ResourceKey.of("list");

            unitOfWork.run(() -> {
                swallow(() -> unitOfWork.with(Propagation.NESTED).run(() -> {
                    unitOfWork.current().beforeCommit(() -> heard.add("before of failed"));
                    unitOfWork.current().afterCommit(() -> heard.add("after of failed"));
                    unitOfWork.current().afterRollback(() -> heard.add("rollback of failed"));
                    unitOfWork.current().resource(key, ArrayList::new).add("lost");
                    throw new IllegalStateException();
                }));
                assertThat(heard).containsExactly("rollback of failed");
                assertThat(unitOfWork.current().resource(key, ArrayList::new)).isEmpty();
                unitOfWork.with(Propagation.NESTED).run(() -> {
                    unitOfWork.current().afterCommit(() -> heard.add("after of succeeded"));
                    unitOfWork.current().afterRollback(() -> heard.add("rollback of succeeded"));
                });
            });

            assertThat(heard).containsExactly("rollback of failed", "after of succeeded");
        }

        @Test
        void rollBackWhenTheirCommitIsPreventedAndReturnTheResult() {
            unitOfWork.run(em -> {
                String result = unitOfWork.with(Propagation.NESTED).call(() -> {
                    em.persist(new Account("a", 1));
                    unitOfWork.current().preventCommit();
                    return "result";
                });
                assertThat(result).isEqualTo("result");
                assertThat(unitOfWork.current().isCommitPrevented()).isFalse();
                em.persist(new Account("b", 1));
            });

            assertThat(database.select("SELECT id FROM account")).containsExactly("b");
        }

        @Test
        void rollBackWhenTheirLastFlushPreventsTheCommit() {
            unitOfWork.run(em -> {
                Account account = new Account("x", 1);
                em.persist(account);
                unitOfWork.with(Propagation.NESTED).run(() -> {
                    account.balance = 2;
                    atNextFlush(em, () -> unitOfWork.current().preventCommit());
                });
                assertThat(account.balance).isEqualTo(1);
                account.email = "x@example.org";
            });

            assertThat(database.select("SELECT balance || email FROM account WHERE id = 'x'"))
                    .containsExactly("1x@example.org");
        }

        @Test
        void doomTheTransactionWhenTheFlushOnEntryDiesOfAnError() {
            assertThatThrownBy(() -> unitOfWork.run(em -> {
                        em.persist(new Account("x", 1));
                        atNextFlush(em, () -> {
                            throw new StackOverflowError();
                        });
                        assertThatThrownBy(() ->
                                        unitOfWork.with(Propagation.NESTED).run(() -> {}))
                                .isInstanceOf(StackOverflowError.class);
                    }))
                    .isInstanceOf(UnexpectedRollbackException.class)
                    .hasCauseInstanceOf(StackOverflowError.class);
        }

        @Test
        void areRefusedWhileHibernateFlushes() {
            try (TestFactory audited = TestFactory.of(Audited.class)) {
                UnitOfWork nesting = UnitOfWork.of(audited.factory());

                assertThatThrownBy(() -> nesting.run(em -> {
                            Audited entity = new Audited();
                            em.persist(entity);
                            em.flush();
                            entity.text = "changed";
                            entity.onUpdate =
                                    () -> nesting.with(Propagation.NESTED).run(() -> {});
                        }))
                        .hasStackTraceContaining("cannot be opened while Hibernate flushes");

                assertThat(audited.select("SELECT id FROM audited")).isEmpty();
            }
        }

        private void atNextFlush(EntityManager em, Runnable action) {
            AtomicBoolean done = new AtomicBoolean();
            em.unwrap(SessionImplementor.class).getEventListenerManager().addListener(new SessionEventListener() {
                @Override
                public void flushStart() {
                    if (!done.getAndSet(true)) {
                        action.run();
                    }
                }
            });
        }

        @Test
        void leaveTheRootAbleToCommitWhenAJoinedFailureIsCaughtAroundThem() {
            unitOfWork.run(em -> {
                swallow(() -> unitOfWork
                        .with(Propagation.NESTED)
                        .run(() -> unitOfWork.run(() -> {
                            em.persist(new Account("lost", 1));
                            throw new IllegalStateException();
                        })));
                em.persist(new Account("kept", 1));
            });

            assertThat(database.select("SELECT id FROM account")).containsExactly("kept");
        }

        @Test
        void doNotRunWhenTheFlushOnEntryFails() {
            assertThatThrownBy(() -> unitOfWork.run(em -> {
                        Account one = new Account("1", 1);
                        Account two = new Account("2", 1);
                        one.email = "same";
                        two.email = "same";
                        em.persist(one);
                        em.persist(two);
                        assertThatThrownBy(() -> unitOfWork
                                        .with(Propagation.NESTED)
                                        .run(() -> {
                                            throw new AssertionError("must not run");
                                        }))
                                .isInstanceOf(PersistenceException.class);
                    }))
                    .isInstanceOf(UnexpectedRollbackException.class)
                    .hasCauseInstanceOf(PersistenceException.class);
        }

        @Test
        void sendNothingWhenTheyUseNoDatabase() {
            unitOfWork.run(() -> {
                unitOfWork.with(Propagation.NESTED).run(() -> {});
                swallow(() -> unitOfWork.with(Propagation.NESTED).run(() -> {
                    throw new IllegalStateException();
                }));
                assertThat(database.borrowedConnections()).isZero();
            });
        }

        @Test
        void leaveNoSavepointsBehindOnTheServer() {
            unitOfWork.run(em -> {
                em.find(Account.class, "a");
                for (int i = 0; i < 5; i++) {
                    swallow(() -> unitOfWork.with(Propagation.NESTED).run(() -> {
                        em.createNativeQuery("SELECT 1").getSingleResult();
                        throw new IllegalStateException();
                    }));
                    unitOfWork
                            .with(Propagation.NESTED)
                            .run(() -> em.createNativeQuery("SELECT 1").getSingleResult());
                }
                em.createNativeQuery("SELECT 1").getSingleResult();
                em.unwrap(Session.class).doWork(connection -> {
                    try (Statement statement = connection.createStatement()) {
                        statement.execute("SAVEPOINT mine");
                        assertThatThrownBy(() -> statement.execute("ROLLBACK TO SAVEPOINT hexai_1"))
                                .hasMessageContaining("\"hexai_1\" does not exist");
                        statement.execute("ROLLBACK TO SAVEPOINT mine");
                    }
                });
            });
        }
    }

    @Entity(name = "Audited")
    static class Audited {
        @Id
        long id;

        String text;

        @Transient
        Runnable onUpdate = () -> {};

        @PreUpdate
        void updating() {
            onUpdate.run();
        }
    }

    private static Object transactionId(EntityManager em) {
        return em.createNativeQuery("SELECT pg_current_xact_id()::text").getSingleResult();
    }

    private static void swallow(Runnable work) {
        try {
            work.run();
        } catch (IllegalStateException expected) {
            assertThat(expected).isNotNull();
        }
    }
}
