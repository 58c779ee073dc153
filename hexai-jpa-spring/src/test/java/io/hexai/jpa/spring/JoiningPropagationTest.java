package io.hexai.jpa.spring;

import static io.hexai.jpa.spring.SpringJpa.session;
import static io.hexai.jpa.spring.SpringJpa.swallow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.RetryPolicy;
import io.hexai.jpa.transaction.TransactionOptions;
import jakarta.persistence.EntityManager;
import java.time.Duration;
import org.hibernate.exception.ConstraintViolationException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionSynchronization;

/** Scopes of their own inside transactions that Spring has begun. */
class JoiningPropagationTest extends SpringJpaTests {

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
}
