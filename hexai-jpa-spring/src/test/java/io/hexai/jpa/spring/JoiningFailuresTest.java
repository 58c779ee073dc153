package io.hexai.jpa.spring;

import static io.hexai.jpa.spring.SpringJpa.swallow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.transaction.IncompatibleTransactionException;
import io.hexai.jpa.transaction.IsolationLevel;
import io.hexai.jpa.transaction.RetryPolicy;
import io.hexai.jpa.transaction.TransactionOptions;
import jakarta.persistence.PersistenceException;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.dao.DataAccessException;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionTemplate;

/** What fails, and what is refused, in transactions that Spring has begun. */
class JoiningFailuresTest extends SpringJpaTests {

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
}
