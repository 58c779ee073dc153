package io.hexai.jpa.spring;

import static io.hexai.jpa.spring.SpringJpa.session;
import static io.hexai.jpa.spring.SpringJpa.swallow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.EventTypes;
import io.hexai.jpa.test.PostgresTest;
import io.hexai.jpa.transaction.IncompatibleTransactionException;
import io.hexai.jpa.transaction.IsolationLevel;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.RetryPolicy;
import io.hexai.jpa.transaction.TransactionOptions;
import io.hexai.jpa.transaction.TransactionScope;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceException;
import java.io.IOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.hibernate.exception.ConstraintViolationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.dao.DataAccessException;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Scopes inside transactions that Spring has begun. */
@PostgresTest(entities = Account.class, events = Account.Deposited.class)
class JoiningTest {

    private static SpringJpa spring;

    private final String id = UUID.randomUUID().toString();
    private final List<String> seen = new ArrayList<>();

    @BeforeAll
    static void configure(DataSource dataSource) {
        spring = new SpringJpa(dataSource);
    }

    @AfterAll
    static void close() {
        spring.close();
    }

    @AfterEach
    void leavesNothingBehind() {
        spring.requireCleanThread();
    }

    private static int backend(EntityManager entityManager) {
        return (int) entityManager
                .createNativeQuery("SELECT pg_backend_pid()", Integer.class)
                .getSingleResult();
    }

    @Nested
    class AScope {

        @Test
        void sharesPersistenceContextAndConnectionWithSpringsCode() {
            spring.transaction().executeWithoutResult(status -> {
                Account account = new Account(id);
                spring.shared.persist(account);
                int backend = spring.jdbc.queryForObject("SELECT pg_backend_pid()", Integer.class);

                spring.unitOfWork.run(em -> {
                    assertThat(em.find(Account.class, id)).isSameAs(account);
                    assertThat(backend(em)).isEqualTo(backend);
                    account.deposit(5);
                });

                assertThat(account.balance()).isEqualTo(5);
            });

            assertThat(spring.balance(id)).isEqualTo(5);
        }

        @Test
        void isCommittedBySpringOnly() {
            spring.transaction().executeWithoutResult(status -> {
                spring.unitOfWork.run(em -> em.persist(new Account(id)));
                assertThat(balanceOnOtherConnection()).isEqualTo(-1);
            });

            assertThat(spring.balance(id)).isZero();
        }

        private int balanceOnOtherConnection() {
            return spring.transaction(TransactionDefinition.PROPAGATION_NOT_SUPPORTED)
                    .execute(status -> spring.balance(id));
        }

        @Test
        void isRolledBackWithSpringsTransaction() {
            spring.transaction().executeWithoutResult(status -> {
                spring.unitOfWork.run(em -> em.persist(new Account(id)));
                spring.unitOfWork.current().afterRollback(() -> seen.add("rolled back"));
                spring.unitOfWork.current().afterCommit(() -> seen.add("committed"));
                status.setRollbackOnly();
            });

            assertThat(spring.balance(id)).isEqualTo(-1);
            assertThat(seen).containsExactly("rolled back");
        }

        @Test
        void isNotNeededForCodeThatAsksForTheEntityManager() {
            spring.transaction().executeWithoutResult(status -> {
                assertThat(spring.unitOfWork.isActive()).isTrue();
                spring.unitOfWork.entityManager().persist(new Account(id));
                assertThat(spring.shared.find(Account.class, id)).isNotNull();
            });

            assertThat(spring.balance(id)).isZero();
        }

        @Test
        void cannotEndSpringsTransaction() {
            spring.transaction()
                    .executeWithoutResult(status -> spring.unitOfWork.run(
                            em -> assertThatThrownBy(() -> em.getTransaction().commit())
                                    .isInstanceOf(IllegalStateException.class)
                                    .hasMessageContaining("behind the back")));
        }

        @Test
        void knowsNameIsolationAndReadOnlyOfTheTransaction() {
            TransactionTemplate template = spring.transaction();
            template.setName("booking");
            template.setReadOnly(true);
            template.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);

            template.executeWithoutResult(
                    status -> assertThat(spring.unitOfWork.current().options())
                            .isEqualTo(TransactionOptions.defaults()
                                    .withName("booking")
                                    .withReadOnly(true)
                                    .withIsolation(IsolationLevel.REPEATABLE_READ)));
        }

        @Test
        void thatIsLeftOpenFailsTheCommit() {
            assertThatThrownBy(() -> spring.transaction().executeWithoutResult(status -> {
                        spring.shared.persist(new Account(id));
                        spring.unitOfWork.begin();
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("innermost first");

            assertThat(spring.balance(id)).isEqualTo(-1);
        }

        @Test
        void thatIsDemarcatedByHandJoins() {
            spring.transaction().executeWithoutResult(status -> {
                try (TransactionScope scope = spring.unitOfWork.begin()) {
                    scope.entityManager().persist(new Account(id));
                    scope.commit();
                }
            });

            assertThat(spring.balance(id)).isZero();
        }
    }

    @Nested
    class AFailure {

        private final IllegalStateException failure = new IllegalStateException("refused");

        @Test
        void leavesUnchangedAndRollsBack() {
            assertThatThrownBy(() -> spring.transaction()
                            .executeWithoutResult(status -> spring.unitOfWork.run(em -> {
                                em.persist(new Account(id));
                                throw failure;
                            })))
                    .isSameAs(failure);

            assertThat(spring.balance(id)).isEqualTo(-1);
        }

        @Test
        void thatIsSwallowedRollsBackAndIsTheCauseOfSpringsException() {
            assertThatThrownBy(() -> spring.transaction().executeWithoutResult(status -> {
                        spring.shared.persist(new Account(id));
                        assertThatThrownBy(() -> spring.unitOfWork.run(em -> {
                                    throw failure;
                                }))
                                .isSameAs(failure);
                        assertThat(status.isRollbackOnly()).isTrue();
                    }))
                    .isInstanceOf(UnexpectedRollbackException.class)
                    .cause()
                    .isInstanceOf(io.hexai.jpa.transaction.UnexpectedRollbackException.class)
                    .hasCause(failure);

            assertThat(spring.balance(id)).isEqualTo(-1);
        }

        @Test
        void runsNoHooksOfTheCommit() {
            assertThatExceptionOfType(UnexpectedRollbackException.class)
                    .isThrownBy(() -> spring.transaction().executeWithoutResult(status -> {
                        spring.unitOfWork.current().beforeCommit(() -> seen.add("before commit"));
                        spring.unitOfWork.current().afterRollback(() -> seen.add("after rollback"));
                        swallow(() -> spring.unitOfWork.run(em -> {
                            throw failure;
                        }));
                    }));

            assertThat(seen).containsExactly("after rollback");
        }

        @Test
        void ofASpringParticipantIsSpringsOwnAffair() {
            assertThatExceptionOfType(UnexpectedRollbackException.class)
                    .isThrownBy(() -> spring.transaction().executeWithoutResult(status -> {
                        spring.unitOfWork.run(em -> em.persist(new Account(id)));
                        spring.unitOfWork.current().beforeCommit(() -> seen.add("before commit"));
                        swallow(() -> spring.transaction().executeWithoutResult(inner -> {
                            throw failure;
                        }));
                    }));

            assertThat(seen).isEmpty();
            assertThat(spring.balance(id)).isEqualTo(-1);
        }

        @Test
        void ofAStatementThatIsSwallowedDoesNotLookLikeSuccess() {
            assertThatExceptionOfType(UnexpectedRollbackException.class)
                    .isThrownBy(() -> spring.transaction().executeWithoutResult(status -> {
                        spring.unitOfWork.run(em -> em.persist(new Account(id)));
                        assertThatThrownBy(() -> spring.jdbc.execute("SELECT 1 / 0"))
                                .isInstanceOf(DataAccessException.class);
                    }))
                    .withStackTraceContaining("a statement had failed and its exception was swallowed");

            assertThat(spring.balance(id)).isEqualTo(-1);
        }

        @Test
        void ofAStatementAfterTheHooksDoesNotLookLikeSuccessEither() {
            assertThatThrownBy(() -> spring.transaction().executeWithoutResult(status -> {
                        spring.unitOfWork.run(em -> em.persist(new Account(id)));
                        SpringJpa.synchronize(new TransactionSynchronization() {
                            @Override
                            public void beforeCompletion() {
                                spring.jdbc.execute("SELECT 1 / 0"); // Spring logs it
                            }
                        });
                    }))
                    .hasStackTraceContaining("a statement had failed and its exception was swallowed");

            assertThat(spring.balance(id)).isEqualTo(-1);
        }

        @Test
        void atTheCommitIsToldToTheHooks() {
            spring.jdbc.execute("CREATE TABLE IF NOT EXISTS deferred (id int, "
                    + "CONSTRAINT once UNIQUE (id) DEFERRABLE INITIALLY DEFERRED)");

            assertThatThrownBy(() -> spring.transaction().executeWithoutResult(status -> {
                        spring.unitOfWork.run(em -> em.persist(new Account(id)));
                        spring.unitOfWork.current().afterCommit(() -> seen.add("after commit"));
                        spring.unitOfWork.current().afterRollback(() -> seen.add("after rollback"));
                        spring.jdbc.execute("INSERT INTO deferred VALUES (1), (1)");
                    }))
                    .isInstanceOfAny(TransactionSystemException.class, DataAccessException.class);

            assertThat(seen).containsExactly("after rollback");
            assertThat(spring.balance(id)).isEqualTo(-1);
        }

        @Test
        void ofATransactionThatTookTooLongIsToldToTheHooks() {
            TransactionTemplate hasty = spring.transaction();
            hasty.setTimeout(1);

            assertThatThrownBy(() -> hasty.executeWithoutResult(status -> {
                        spring.unitOfWork.run(em -> em.persist(new Account(id)));
                        spring.unitOfWork.current().afterRollback(() -> seen.add("after rollback"));
                        spring.unitOfWork.run(em -> em.createNativeQuery("SELECT count(pg_sleep(30))", Long.class)
                                .getSingleResult());
                    }))
                    .isInstanceOf(PersistenceException.class);

            assertThat(seen).containsExactly("after rollback");
            assertThat(spring.balance(id)).isEqualTo(-1);
        }

        @Test
        void ofTheBackendIsToldToTheHooks() {
            assertThatThrownBy(() -> spring.transaction().executeWithoutResult(status -> {
                        spring.unitOfWork.run(em -> em.persist(new Account(id)));
                        spring.unitOfWork.current().afterRollback(() -> seen.add("after rollback"));
                        int backend = spring.jdbc.queryForObject("SELECT pg_backend_pid()", Integer.class);
                        spring.transaction(TransactionDefinition.PROPAGATION_NOT_SUPPORTED)
                                .executeWithoutResult(outside -> spring.jdbc.queryForObject(
                                        "SELECT pg_terminate_backend(?, 5000)", Boolean.class, backend));
                    }))
                    .isInstanceOf(RuntimeException.class);

            assertThat(seen).containsExactly("after rollback");
            assertThat(spring.balance(id)).isEqualTo(-1);
        }
    }

    @Nested
    class ANestedScope {

        @Test
        void thatFailsIsRolledBackInDatabaseAndPersistenceContext() {
            Account account = spring.transaction().execute(status -> {
                Account outer = new Account(id);
                spring.shared.persist(outer.deposit(1));
                Account[] inner = new Account[1];
                swallow(() -> spring.unitOfWork.with(Propagation.NESTED).run(em -> {
                    outer.deposit(10);
                    inner[0] = new Account(id + "-inner");
                    em.persist(inner[0]);
                    em.flush();
                    throw new IllegalStateException("refused");
                }));

                assertThat(outer.balance()).isEqualTo(1);
                assertThat(outer.entries()).containsExactly("+1");
                assertThat(spring.shared.contains(outer)).isTrue();
                assertThat(spring.shared.contains(inner[0])).isFalse();
                assertThat(status.isRollbackOnly()).isFalse();
                return outer.deposit(2);
            });

            assertThat(spring.balance(id)).isEqualTo(3);
            assertThat(spring.balance(id + "-inner")).isEqualTo(-1);
            assertThat(account.entries()).containsExactly("+1", "+2");
        }

        @Test
        void survivesAFailedStatement() {
            spring.persisted(id);

            spring.transaction().executeWithoutResult(status -> {
                spring.shared.find(Account.class, id).deposit(1);
                assertThatThrownBy(() -> spring.unitOfWork
                                .with(Propagation.NESTED)
                                .run(em -> em.createNativeQuery(
                                                "INSERT INTO account (id, version, balance) VALUES (?1, 0, 0)")
                                        .setParameter(1, id)
                                        .executeUpdate()))
                        .isInstanceOf(ConstraintViolationException.class);
                assertThat(status.isRollbackOnly()).isFalse();
            });

            assertThat(spring.balance(id)).isEqualTo(1);
        }

        @Test
        void isRolledBackForAnErrorToo() {
            AssertionError error = new AssertionError("broken");

            spring.transaction().executeWithoutResult(status -> {
                Account account = new Account(id);
                spring.shared.persist(account);
                assertThatThrownBy(
                                () -> spring.unitOfWork.with(Propagation.NESTED).run(em -> {
                                    account.deposit(10);
                                    throw error;
                                }))
                        .isSameAs(error);
                assertThat(account.balance()).isZero();
            });

            assertThat(spring.balance(id)).isZero();
        }

        @Test
        void confinesTheFailureOfASpringParticipant() {
            spring.transaction().executeWithoutResult(status -> {
                spring.shared.persist(new Account(id));
                assertThatThrownBy(() -> spring.unitOfWork
                                .with(Propagation.NESTED)
                                .run(() -> spring.transaction().executeWithoutResult(inner -> {
                                    spring.shared.find(Account.class, id).deposit(10);
                                    throw new IllegalStateException("refused");
                                })))
                        .hasMessage("refused");
                assertThat(status.isRollbackOnly()).isFalse();
            });

            assertThat(spring.balance(id)).isZero();
        }

        @Test
        void repeatsItsWorkIfAskedTo() {
            int[] attempts = {0};

            spring.transaction().executeWithoutResult(status -> {
                Account account = new Account(id);
                spring.shared.persist(account);
                spring.unitOfWork
                        .with(o -> o.withPropagation(Propagation.NESTED)
                                .withRetry(RetryPolicy.attempts(2)
                                        .withBackoff(Duration.ZERO, Duration.ZERO)
                                        .withRetryOn(IllegalStateException.class::isInstance)))
                        .run(em -> {
                            account.deposit(1);
                            if (++attempts[0] == 1) {
                                throw new IllegalStateException("once more");
                            }
                        });
            });

            assertThat(attempts[0]).isEqualTo(2);
            assertThat(spring.balance(id)).isEqualTo(1);
        }
    }

    @Nested
    class ANewScope {

        @Test
        void suspendsSpringsTransactionAndCommitsByItself() {
            spring.transaction().executeWithoutResult(status -> {
                spring.shared.persist(new Account(id));
                spring.shared.flush();
                EntityManager outer = session(spring.shared);
                spring.unitOfWork.with(Propagation.NEW).run(em -> {
                    assertThat(session(em)).isNotSameAs(outer);
                    assertThat(session(spring.shared)).isSameAs(session(em));
                    assertThat(em.find(Account.class, id)).isNull();
                    em.persist(new Account(id + "-new"));
                });
                assertThat(session(spring.shared)).isSameAs(outer);
                assertThat(session(spring.unitOfWork.entityManager())).isSameAs(outer);
                status.setRollbackOnly();
            });

            assertThat(spring.balance(id)).isEqualTo(-1);
            assertThat(spring.balance(id + "-new")).isZero();
        }

        @Test
        void thatFailsLeavesSpringsTransactionAlone() {
            spring.transaction().executeWithoutResult(status -> {
                spring.shared.persist(new Account(id));
                swallow(() -> spring.unitOfWork.with(Propagation.NEW).run(em -> {
                    throw new IllegalStateException("refused");
                }));
                assertThat(status.isRollbackOnly()).isFalse();
            });

            assertThat(spring.balance(id)).isZero();
        }

        @Test
        void hasAllThatSpringsTransactionsHaveNot() {
            spring.transaction()
                    .executeWithoutResult(status -> spring.unitOfWork
                            .with(TransactionOptions.optimistic()
                                    .withPropagation(Propagation.NEW)
                                    .withTimeout(Duration.ofMinutes(1)))
                            .run(em -> em.persist(new Account(id))));

            assertThat(spring.balance(id)).isZero();
        }

        @Test
        void failsAtOnceWhereSuspendedTransactionsHoldAllConnections(PostgresConfig config) {
            try (HikariDataSource pool = config.withPoolSize(1).openDataSource();
                    SpringJpa small = new SpringJpa(pool)) {
                small.transaction().executeWithoutResult(status -> {
                    small.shared.find(Account.class, id);
                    assertThatThrownBy(
                                    () -> small.unitOfWork.with(Propagation.NEW).run(em -> em.find(Account.class, id)))
                            .hasStackTraceContaining("all 1 connections of the pool are held by transactions");
                });
                small.requireCleanThread();
            }
        }

        @Test
        void suspendsAndResumesTheSynchronizations() {
            spring.transaction().executeWithoutResult(status -> {
                SpringJpa.synchronize(new TransactionSynchronization() {
                    @Override
                    public void suspend() {
                        seen.add("suspended");
                    }

                    @Override
                    public void resume() {
                        seen.add("resumed");
                    }

                    @Override
                    public void afterCommit() {
                        seen.add("committed");
                    }
                });
                spring.unitOfWork.with(Propagation.NEW).run(() -> seen.add("work"));
            });

            assertThat(seen).containsExactly("suspended", "work", "resumed", "committed");
        }
    }

    @Nested
    class ASuspendedTransaction {

        @Test
        void isNotJoinedInsideRequiresNew() {
            spring.transaction().executeWithoutResult(status -> {
                spring.unitOfWork.run(em -> em.persist(new Account(id)));
                EntityManager outer = session(spring.unitOfWork.entityManager());
                spring.requiresNew().executeWithoutResult(inner -> {
                    assertThat(session(spring.unitOfWork.entityManager())).isNotSameAs(outer);
                    spring.unitOfWork.run(em -> em.persist(new Account(id + "-new")));
                    spring.unitOfWork.current().afterCommit(() -> seen.add("inner"));
                });
                assertThat(seen).containsExactly("inner");
                assertThat(session(spring.unitOfWork.entityManager())).isSameAs(outer);
                spring.unitOfWork.current().afterRollback(() -> seen.add("outer"));
                status.setRollbackOnly();
            });

            assertThat(seen).containsExactly("inner", "outer");
            assertThat(spring.balance(id)).isEqualTo(-1);
            assertThat(spring.balance(id + "-new")).isZero();
        }

        @Test
        void isNotJoinedWhereSpringRunsNone() {
            spring.transaction().executeWithoutResult(status -> {
                spring.unitOfWork.run(em -> em.persist(new Account(id)));
                spring.transaction(TransactionDefinition.PROPAGATION_NOT_SUPPORTED)
                        .executeWithoutResult(inner -> {
                            assertThat(spring.unitOfWork.isActive()).isFalse();
                            spring.unitOfWork.run(em -> em.persist(new Account(id + "-own")));
                            assertThat(spring.balance(id + "-own")).isZero();
                        });
                status.setRollbackOnly();
            });

            assertThat(spring.balance(id)).isEqualTo(-1);
        }

        @Test
        void cannotBeEndedMeanwhile() {
            spring.unitOfWork.run(em -> {
                TransactionScope scope = spring.unitOfWork.begin();
                spring.requiresNew()
                        .executeWithoutResult(inner -> assertThatThrownBy(scope::commit)
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageContaining("has suspended it"));
                scope.commit();
            });
        }
    }

    @Nested
    class WhatSpringsSessionCannotGive {

        static List<UnaryOperator<TransactionOptions>> impossible() {
            return List.of(
                    o -> TransactionOptions.optimistic(),
                    o -> o.withRetry(RetryPolicy.attempts(2)),
                    o -> o.withTimeout(Duration.ofSeconds(1)),
                    o -> o.withLockTimeout(Duration.ofSeconds(1)));
        }

        @ParameterizedTest
        @MethodSource("impossible")
        void isRefusedBeforeAnyWorkRuns(UnaryOperator<TransactionOptions> options) {
            spring.transaction().executeWithoutResult(status -> {
                spring.shared.persist(new Account(id));
                assertThatExceptionOfType(IncompatibleTransactionException.class)
                        .isThrownBy(() -> spring.unitOfWork.with(options).run(() -> seen.add("work")))
                        .withMessageContaining("Spring's JpaTransactionManager")
                        .withMessageContaining("Propagation.NEW");
            });

            assertThat(seen).isEmpty();
            assertThat(spring.balance(id)).isZero();
        }

        @Test
        void isRefusedForIsolationAndReadOnlyOnlyIfTheyContradict() {
            spring.transaction().executeWithoutResult(status -> {
                spring.unitOfWork
                        .with(o ->
                                o.withIsolation(IsolationLevel.READ_COMMITTED).withReadOnly(false))
                        .run(em -> em.persist(new Account(id)));
                assertThatExceptionOfType(IncompatibleTransactionException.class)
                        .isThrownBy(() -> spring.unitOfWork
                                .with(o -> o.withIsolation(IsolationLevel.SERIALIZABLE))
                                .run(() -> seen.add("work")));
                assertThatExceptionOfType(IncompatibleTransactionException.class)
                        .isThrownBy(() -> spring.unitOfWork
                                .with(o -> o.withReadOnly(true))
                                .run(() -> seen.add("work")));
            });

            assertThat(seen).isEmpty();
            assertThat(spring.balance(id)).isZero();
        }

        @Test
        void isRefusedWhereTheOutcomeOfTheCommitMustBeKnown(DataSource dataSource) {
            try (SpringJpa resolving = new SpringJpa(dataSource, builder -> builder.resolveUnknownCommit())) {
                resolving
                        .transaction()
                        .executeWithoutResult(
                                status -> assertThatExceptionOfType(IncompatibleTransactionException.class)
                                        .isThrownBy(() -> resolving.unitOfWork.run(() -> seen.add("work")))
                                        .satisfies(e -> assertThat(e.option()).isEqualTo("resolveUnknownCommit")));
                resolving.unitOfWork.run(em -> em.persist(new Account(id)));
            }

            assertThat(seen).isEmpty();
            assertThat(spring.balance(id)).isZero();
        }

        @Test
        void includesTransactionsWithoutSynchronization() {
            JpaTransactionManager silent = new JpaTransactionManager(spring.factory);
            silent.setTransactionSynchronization(JpaTransactionManager.SYNCHRONIZATION_NEVER);
            new TransactionTemplate(silent)
                    .executeWithoutResult(
                            status -> assertThatThrownBy(() -> spring.unitOfWork.run(() -> seen.add("work")))
                                    .isInstanceOf(IllegalStateException.class)
                                    .hasMessageContaining("SYNCHRONIZATION_ALWAYS"));

            assertThat(seen).isEmpty();
        }
    }

    @Nested
    class AHook {

        @Test
        void runsInItsTurn() {
            spring.transaction().executeWithoutResult(status -> {
                SpringJpa.synchronize(new TransactionSynchronization() {
                    @Override
                    public void beforeCommit(boolean readOnly) {
                        seen.add("Spring before commit");
                    }

                    @Override
                    public void beforeCompletion() {
                        seen.add("Spring before completion");
                    }

                    @Override
                    public void afterCommit() {
                        seen.add("Spring after commit");
                    }
                });
                spring.unitOfWork.run(() -> {
                    var transaction = spring.unitOfWork.current();
                    transaction.beforeCommit(() -> {
                        seen.add("before commit");
                        spring.shared.persist(new Account(id));
                    });
                    transaction.afterCommit(() -> seen.add("after commit"));
                });
            });

            assertThat(seen)
                    .containsExactly(
                            "Spring before commit",
                            "before commit",
                            "Spring before completion",
                            "Spring after commit",
                            "after commit");
            assertThat(spring.balance(id)).isZero();
        }

        @Test
        void ofEveryCommitAndObserverHearOfSpringsCommits(DataSource dataSource) {
            try (SpringJpa other = new SpringJpa(dataSource)) {
                other.unitOfWork.onEveryCommit(() -> seen.add("every"));
                other.transaction()
                        .executeWithoutResult(status -> other.unitOfWork.run(em -> em.persist(new Account(id))));
                swallow(() -> other.transaction()
                        .executeWithoutResult(status -> other.unitOfWork.run(() -> {
                            throw new IllegalStateException("refused");
                        })));
            }

            assertThat(seen).containsExactly("every");
        }

        @Test
        void afterTheCommitOpensItsOwnScopeAndCannotFailTheTransaction() {
            spring.transaction().executeWithoutResult(status -> {
                spring.unitOfWork.run(em -> em.persist(new Account(id)));
                spring.unitOfWork.current().afterCommit(() -> {
                    throw new IOException("mail server is down");
                });
                spring.unitOfWork
                        .current()
                        .afterCommit(() -> spring.unitOfWork.run(em -> em.persist(new Account(id + "-after"))));
                spring.unitOfWork
                        .current()
                        .afterCommit(() -> spring.transaction()
                                .executeWithoutResult(later ->
                                        spring.shared.find(Account.class, id).deposit(7)));
            });

            assertThat(spring.balance(id)).isEqualTo(7);
            assertThat(spring.balance(id + "-after")).isZero();
        }

        @Test
        void thatFailsBeforeTheCommitRollsBack() {
            IllegalStateException failure = new IllegalStateException("refused");

            assertThatThrownBy(() -> spring.transaction().executeWithoutResult(status -> {
                        spring.unitOfWork.run(em -> em.persist(new Account(id)));
                        spring.unitOfWork.current().beforeCommit(() -> {
                            throw failure;
                        });
                    }))
                    .isSameAs(failure);

            assertThat(spring.balance(id)).isEqualTo(-1);
        }

        @Test
        void thatThrowsAnErrorRollsBack() {
            AssertionError error = new AssertionError("broken");

            assertThatThrownBy(() -> spring.transaction().executeWithoutResult(status -> {
                        spring.unitOfWork.run(em -> em.persist(new Account(id)));
                        spring.unitOfWork.current().afterRollback(() -> seen.add("after rollback"));
                        spring.unitOfWork.current().beforeCommit(() -> {
                            throw error;
                        });
                    }))
                    .isSameAs(error);

            assertThat(seen).containsExactly("after rollback");
            assertThat(spring.balance(id)).isEqualTo(-1);
        }

        @Test
        void thatThrowsACheckedExceptionRollsBack() {
            assertThatThrownBy(() -> spring.transaction().executeWithoutResult(status -> {
                        spring.unitOfWork.run(em -> em.persist(new Account(id)));
                        spring.unitOfWork.current().afterRollback(() -> seen.add("after rollback"));
                        spring.unitOfWork.current().beforeCommit(() -> {
                            throw new IOException("disk is full");
                        });
                    }))
                    .isInstanceOf(UndeclaredThrowableException.class)
                    .hasCauseInstanceOf(IOException.class);

            assertThat(seen).containsExactly("after rollback");
            assertThat(spring.balance(id)).isEqualTo(-1);
        }

        @Test
        void thatThrowsATransactionExceptionRollsBackToo() {
            assertThatThrownBy(() -> spring.transaction().executeWithoutResult(status -> {
                        spring.unitOfWork.run(em -> em.persist(new Account(id)));
                        spring.unitOfWork.current().afterRollback(() -> seen.add("after rollback"));
                        spring.unitOfWork.current().beforeCommit(() -> {
                            throw new CannotCreateTransactionException("the pool is empty");
                        });
                    }))
                    .isInstanceOf(CannotCreateTransactionException.class);

            assertThat(seen).containsExactly("after rollback");
            assertThat(spring.balance(id)).isEqualTo(-1);
        }

        @Test
        void thatPreventsTheCommitRollsBack() {
            assertThatExceptionOfType(UnexpectedRollbackException.class)
                    .isThrownBy(() -> spring.transaction().executeWithoutResult(status -> {
                        spring.unitOfWork.run(em -> em.persist(new Account(id)));
                        spring.unitOfWork
                                .current()
                                .beforeCommit(() -> spring.unitOfWork.current().preventCommit());
                        spring.unitOfWork.current().afterRollback(() -> seen.add("after rollback"));
                    }));

            assertThat(seen).containsExactly("after rollback");
            assertThat(spring.balance(id)).isEqualTo(-1);
        }

        @Test
        void ofSpringsMayStillJoinBeforeTheCommit() {
            spring.transaction()
                    .executeWithoutResult(status -> SpringJpa.synchronize(new TransactionSynchronization() {
                        @Override
                        public void beforeCommit(boolean readOnly) {
                            spring.unitOfWork.run(em -> em.persist(new Account(id)));
                            spring.unitOfWork.current().beforeCommit(() -> seen.add("before commit"));
                            spring.unitOfWork.current().afterCommit(() -> seen.add("after commit"));
                        }
                    }));

            assertThat(seen).containsExactly("before commit", "after commit");
            assertThat(spring.balance(id)).isZero();
        }

        @Test
        void ofSpringsAfterTheCommitGetsAScopeOfItsOwn() {
            spring.transaction().executeWithoutResult(status -> {
                spring.unitOfWork.current().afterCommit(() -> seen.add("after commit"));
                SpringJpa.synchronize(new TransactionSynchronization() {
                    @Override
                    public void afterCommit() {
                        assertThat(spring.unitOfWork.isActive()).isFalse();
                        spring.unitOfWork.run(em -> em.persist(new Account(id)));
                    }
                });
            });

            assertThat(seen).containsExactly("after commit");
            assertThat(spring.balance(id)).isZero();
        }
    }

    @Nested
    class AReadOnlyTransaction {

        @Test
        void flushesNothing() {
            spring.persisted(id);
            TransactionTemplate readOnly = spring.transaction();
            readOnly.setReadOnly(true);

            readOnly.executeWithoutResult(status -> spring.unitOfWork.run(em -> {
                em.find(Account.class, id).deposit(5);
                spring.unitOfWork.with(Propagation.NESTED).run(() -> seen.add("nested"));
            }));

            assertThat(seen).containsExactly("nested");
            assertThat(spring.balance(id)).isZero();
        }

        @Test
        void refusesWrites() {
            TransactionTemplate readOnly = spring.transaction();
            readOnly.setReadOnly(true);

            assertThatThrownBy(() -> readOnly.executeWithoutResult(status -> spring.unitOfWork.run(em -> {
                        em.persist(new Account(id));
                        em.flush();
                    })))
                    .isInstanceOf(PersistenceException.class)
                    .hasStackTraceContaining("read-only transaction");

            assertThat(spring.balance(id)).isEqualTo(-1);
        }
    }

    @Nested
    class AnEntityManagerThatIsBoundForTheView {

        private void inView(Runnable request) {
            EntityManager view = spring.factory.createEntityManager();
            TransactionSynchronizationManager.bindResource(spring.factory, new EntityManagerHolder(view));
            try {
                request.run();
            } finally {
                TransactionSynchronizationManager.unbindResource(spring.factory);
                view.close();
            }
        }

        @Test
        void isUsedBySpringsTransactionsAndTheScopesInThem() {
            inView(() -> {
                EntityManager view = session(spring.shared);
                for (int i = 0; i < 2; i++) {
                    String each = id + i;
                    spring.transaction().executeWithoutResult(status -> {
                        spring.unitOfWork.run(em -> {
                            assertThat(session(em)).isSameAs(view);
                            em.persist(new Account(each));
                        });
                        spring.unitOfWork.current().afterCommit(() -> seen.add("committed " + each));
                    });
                }
            });

            assertThat(seen).containsExactly("committed " + id + 0, "committed " + id + 1);
            assertThat(spring.balance(id + 1)).isZero();
        }

        @Test
        void isPutAsideForTransactionsOfTheUnitOfWork() {
            inView(() -> {
                EntityManager view = session(spring.shared);
                spring.unitOfWork.run(em -> {
                    assertThat(session(em)).isNotSameAs(view);
                    assertThat(session(spring.shared)).isSameAs(session(em));
                    em.persist(new Account(id));
                });
                assertThat(session(spring.shared)).isSameAs(view);
                assertThat(spring.shared.find(Account.class, id)).isNotNull();
            });

            assertThat(spring.balance(id)).isZero();
        }

        @Test
        void isCleanAfterARollback() {
            inView(() -> {
                swallow(() -> spring.transaction().executeWithoutResult(status -> {
                    spring.unitOfWork.run(em -> em.persist(new Account(id)));
                    swallow(() -> spring.unitOfWork.run(() -> {
                        throw new IllegalStateException("refused");
                    }));
                }));
                spring.transaction()
                        .executeWithoutResult(status -> assertThat(spring.shared.find(Account.class, id))
                                .isNull());
            });
        }
    }

    @Nested
    class TwoFactories {

        @Test
        void haveTransactionsOfTheirOwn(DataSource dataSource) {
            try (SpringJpa other = new SpringJpa(dataSource)) {
                spring.transaction().executeWithoutResult(status -> {
                    spring.unitOfWork.run(em -> em.persist(new Account(id)));
                    other.unitOfWork.run(em -> em.persist(new Account(id + "-other")));
                    assertThat(session(spring.unitOfWork.entityManager())).isSameAs(session(spring.shared));
                    status.setRollbackOnly();
                });
            }

            assertThat(spring.balance(id)).isEqualTo(-1);
            assertThat(spring.balance(id + "-other")).isZero();
        }
    }

    @Nested
    class Events {

        @Test
        void areStoredAndRolledBackWithSpringsTransaction() {
            EventStore store = EventStore.builder(spring.unitOfWork)
                    .types(EventTypes.of(Account.Deposited.class))
                    .build();
            long before = store.lastPosition();

            spring.transaction().executeWithoutResult(status -> {
                store.store(new Account.Deposited(id, 1));
                status.setRollbackOnly();
            });
            spring.transaction().executeWithoutResult(status -> {
                store.store(new Account.Deposited(id, 2));
                swallow(() -> spring.unitOfWork.with(Propagation.NESTED).run(() -> {
                    store.store(new Account.Deposited(id, 3));
                    throw new IllegalStateException("refused");
                }));
            });

            assertThat(store.fetch(before, 10).events())
                    .extracting(event -> event.payload())
                    .containsExactly(new Account.Deposited(id, 2));
        }

        @Test
        void ofAggregatesAreDrainedBeforeSpringsCommit(DataSource dataSource) {
            try (SpringJpa draining = new SpringJpa(dataSource)) {
                EventStore store = draining.drainingStore();
                long before = store.lastPosition();
                draining.transaction()
                        .executeWithoutResult(
                                status -> draining.unitOfWork.run(em -> em.persist(new Account(id).depositAndTell(4))));

                assertThat(store.fetch(before, 10).events())
                        .extracting(event -> event.payload())
                        .containsExactly(new Account.Deposited(id, 4));
            }
        }

        @Test
        void ofAggregatesAreDrainedWhereNoCodeCallsTheUnitOfWork(DataSource dataSource) {
            try (SpringJpa draining = new SpringJpa(dataSource)) {
                EventStore store = draining.drainingStore();
                draining.manager.addListener(JoinEveryTransaction.of(() -> draining.unitOfWork));
                long before = store.lastPosition();
                draining.transaction()
                        .executeWithoutResult(status -> draining.shared.persist(new Account(id).depositAndTell(4)));

                assertThat(store.fetch(before, 10).events()).hasSize(1);
                draining.requireCleanThread();
            }
        }

        @Test
        void ofAggregatesDoNotVanishWhereNoUnitOfWorkTakesPart(DataSource dataSource) {
            try (SpringJpa draining = new SpringJpa(dataSource)) {
                draining.drainingStore();
                assertThatThrownBy(() -> draining.transaction()
                                .executeWithoutResult(
                                        status -> draining.shared.persist(new Account(id).depositAndTell(4))))
                        .hasStackTraceContaining("UndrainedEventsException");
            }

            assertThat(spring.balance(id)).isEqualTo(-1);
        }
    }
}
