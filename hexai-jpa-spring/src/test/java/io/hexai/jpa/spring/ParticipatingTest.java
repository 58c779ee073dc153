package io.hexai.jpa.spring;

import static io.hexai.jpa.spring.SpringJpa.session;
import static io.hexai.jpa.spring.SpringJpa.swallow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.transaction.IsolationLevel;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.RetryPolicy;
import io.hexai.jpa.transaction.TransactionOptions;
import io.hexai.jpa.transaction.TransactionScope;
import io.hexai.jpa.transaction.UnexpectedRollbackException;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Spring's transactional code inside transactions that a unit of work has begun. */
class ParticipatingTest extends SpringJpaTests {

    private final IllegalStateException failure = new IllegalStateException("refused");

    /** Notes which of Spring's callbacks run. */
    private TransactionSynchronization noting() {
        return new TransactionSynchronization() {
            @Override
            public void beforeCommit(boolean readOnly) {
                seen.add("before commit");
            }

            @Override
            public void beforeCompletion() {
                seen.add("before completion");
            }

            @Override
            public void afterCommit() {
                seen.add("after commit");
            }

            @Override
            public void afterCompletion(int status) {
                seen.add(status == STATUS_COMMITTED ? "committed" : "rolled back");
            }
        };
    }

    @Nested
    class TransactionalCode {

        @Test
        void sharesPersistenceContextAndConnection() {
            spring.unitOfWork.run(em -> {
                Account account = new Account(id);
                em.persist(account);
                int backend = (int) em.createNativeQuery("SELECT pg_backend_pid()", Integer.class)
                        .getSingleResult();
                spring.transaction().executeWithoutResult(status -> {
                    assertThat(status.isNewTransaction()).isFalse();
                    assertThat(session(spring.shared)).isSameAs(session(em));
                    spring.shared.find(Account.class, id).deposit(3);
                    assertThat(spring.jdbc.queryForObject("SELECT pg_backend_pid()", Integer.class))
                            .isEqualTo(backend);
                });
                assertThat(account.balance()).isEqualTo(3);
            });

            assertThat(spring.balance(id)).isEqualTo(3);
        }

        @Test
        void takesNoConnectionBeforeItNeedsOne(DataSource dataSource) {
            HikariDataSource pool = (HikariDataSource) dataSource;
            spring.unitOfWork.run(() -> spring.transaction().executeWithoutResult(status -> {
                assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
                spring.shared.find(Account.class, id);
                assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isEqualTo(1);
            }));
        }

        @Test
        void seesWhatKindOfTransactionItIsIn() {
            spring.unitOfWork
                    .with(o -> o.withName("booking").withReadOnly(true).withIsolation(IsolationLevel.SERIALIZABLE))
                    .run(() -> {
                        assertThat(TransactionSynchronizationManager.isActualTransactionActive())
                                .isTrue();
                        assertThat(TransactionSynchronizationManager.getCurrentTransactionName())
                                .isEqualTo("booking");
                        assertThat(TransactionSynchronizationManager.isCurrentTransactionReadOnly())
                                .isTrue();
                        assertThat(TransactionSynchronizationManager.getCurrentTransactionIsolationLevel())
                                .isEqualTo(TransactionDefinition.ISOLATION_SERIALIZABLE);
                    });
        }

        @Test
        void isRepeatedWithTheUnitOfWork() {
            spring.persisted(id);
            int[] attempts = {0};

            spring.unitOfWork
                    .with(o -> o.withRetry(RetryPolicy.attempts(2).withBackoff(Duration.ZERO, Duration.ZERO)))
                    .run(() -> spring.transaction().executeWithoutResult(status -> {
                        spring.shared.find(Account.class, id).deposit(1);
                        if (++attempts[0] == 1) {
                            spring.requiresNew()
                                    .executeWithoutResult(other -> spring.shared
                                            .find(Account.class, id)
                                            .deposit(10));
                        }
                        spring.shared.flush();
                    }));

            assertThat(attempts[0]).isEqualTo(2);
            assertThat(spring.balance(id)).isEqualTo(11);
        }

        @Test
        void runsInOptimisticScopesToo() {
            spring.persisted(id);

            spring.unitOfWork
                    .with(TransactionOptions.optimistic())
                    .run(() -> spring.transaction()
                            .executeWithoutResult(status ->
                                    spring.shared.find(Account.class, id).deposit(4)));

            assertThat(spring.balance(id)).isEqualTo(4);
        }
    }

    @Nested
    class AFailureInSpringsCode {

        @Test
        void leavesUnchangedAndRollsBack() {
            assertThatThrownBy(() -> spring.unitOfWork.run(em -> {
                        em.persist(new Account(id));
                        spring.transaction().executeWithoutResult(status -> {
                            throw failure;
                        });
                    }))
                    .isSameAs(failure);

            assertThat(spring.balance(id)).isEqualTo(-1);
        }

        @Test
        void thatIsSwallowedDoesNotLookLikeSuccess() {
            assertThatExceptionOfType(UnexpectedRollbackException.class)
                    .isThrownBy(() -> spring.unitOfWork.run(em -> {
                        em.persist(new Account(id));
                        swallow(() -> spring.transaction().executeWithoutResult(status -> {
                            throw failure;
                        }));
                    }));

            assertThat(spring.balance(id)).isEqualTo(-1);
        }

        @Test
        void doomsOnlyTheNestedScopeAroundIt() {
            spring.unitOfWork.run(em -> {
                Account account = new Account(id);
                em.persist(account);
                assertThatExceptionOfType(UnexpectedRollbackException.class)
                        .isThrownBy(() -> spring.unitOfWork
                                .with(Propagation.NESTED)
                                .run(() -> {
                                    account.deposit(10);
                                    swallow(() -> spring.transaction().executeWithoutResult(status -> {
                                        throw failure;
                                    }));
                                }));
                assertThat(account.balance()).isZero();
            });

            assertThat(spring.balance(id)).isZero();
        }
    }

    @Nested
    class RequiresNew {

        @Test
        void suspendsTheUnitOfWork() {
            swallow(() -> spring.unitOfWork.run(em -> {
                em.persist(new Account(id));
                spring.requiresNew().executeWithoutResult(status -> {
                    assertThat(session(spring.shared)).isNotSameAs(session(em));
                    spring.unitOfWork.run(inner -> {
                        assertThat(session(inner)).isSameAs(session(spring.shared));
                        inner.persist(new Account(id + "-new"));
                    });
                });
                assertThat(session(spring.shared)).isSameAs(session(em));
                assertThat(session(spring.unitOfWork.entityManager())).isSameAs(session(em));
                throw failure;
            }));

            assertThat(spring.balance(id)).isEqualTo(-1);
            assertThat(spring.balance(id + "-new")).isZero();
        }

        @Test
        void thatFailsLeavesTheUnitOfWorkAlone() {
            spring.unitOfWork.run(em -> {
                em.persist(new Account(id));
                swallow(() -> spring.requiresNew()
                        .executeWithoutResult(status -> spring.unitOfWork.run(() -> {
                            throw failure;
                        })));
            });

            assertThat(spring.balance(id)).isZero();
        }

        @Test
        void andNewTakeTurns() {
            spring.unitOfWork.run(em -> {
                em.persist(new Account(id + 0));
                spring.requiresNew().executeWithoutResult(second -> {
                    spring.shared.persist(new Account(id + 1));
                    spring.unitOfWork.with(Propagation.NEW).run(third -> {
                        third.persist(new Account(id + 2));
                        spring.requiresNew()
                                .executeWithoutResult(
                                        fourth -> spring.unitOfWork.run(inner -> inner.persist(new Account(id + 3))));
                        assertThat(session(spring.shared)).isSameAs(session(third));
                    });
                    second.setRollbackOnly();
                });
                assertThat(session(spring.shared)).isSameAs(session(em));
            });

            assertThat(List.of(
                            spring.balance(id + 0),
                            spring.balance(id + 1),
                            spring.balance(id + 2),
                            spring.balance(id + 3)))
                    .containsExactly(0, -1, 0, 0);
        }
    }

    @Nested
    class SpringsNested {

        @Test
        void thatFailsRestoresThePersistenceContext() {
            spring.unitOfWork.run(em -> {
                Account account = new Account(id);
                em.persist(account.deposit(1));
                assertThatThrownBy(() -> spring.nested().executeWithoutResult(status -> {
                            assertThat(status.hasSavepoint()).isTrue();
                            spring.shared.find(Account.class, id).deposit(10);
                            spring.shared.persist(new Account(id + "-inner"));
                            spring.shared.flush();
                            throw failure;
                        }))
                        .isSameAs(failure);
                assertThat(account.balance()).isEqualTo(1);
                assertThat(account.entries()).containsExactly("+1");
            });

            assertThat(spring.balance(id)).isEqualTo(1);
            assertThat(spring.balance(id + "-inner")).isEqualTo(-1);
        }

        @Test
        void thatSucceedsIsCommittedWithTheUnitOfWork() {
            spring.unitOfWork.run(em -> {
                em.persist(new Account(id));
                spring.nested().executeWithoutResult(status -> {
                    spring.shared.find(Account.class, id).deposit(10);
                    spring.unitOfWork.current().afterCommit(() -> seen.add("after commit"));
                });
            });

            assertThat(seen).containsExactly("after commit");
            assertThat(spring.balance(id)).isEqualTo(10);
        }

        @Test
        void withASwallowedFailureInsideIsRolledBackAlone() {
            spring.unitOfWork.run(em -> {
                Account account = new Account(id);
                em.persist(account);
                assertThatExceptionOfType(org.springframework.transaction.UnexpectedRollbackException.class)
                        .isThrownBy(() -> spring.nested().executeWithoutResult(status -> {
                            account.deposit(10);
                            swallow(() -> spring.unitOfWork.run(() -> {
                                throw failure;
                            }));
                        }));
                assertThat(account.balance()).isZero();
            });

            assertThat(spring.balance(id)).isZero();
        }

        @Test
        void whoseFlushFailsIsRolledBackAlone() {
            spring.persisted(id);

            spring.unitOfWork.run(em -> {
                Account other = new Account(id + "-other");
                em.persist(other);
                assertThatExceptionOfType(TransactionSystemException.class)
                        .isThrownBy(() -> spring.nested().executeWithoutResult(status -> {
                            other.deposit(10);
                            em.persist(new Account(id));
                        }))
                        .withStackTraceContaining("duplicate key");
                assertThat(other.balance()).isZero();
            });

            assertThat(spring.balance(id + "-other")).isZero();
        }
    }

    @Nested
    class ACallback {

        @Test
        void hearsOfTheCommitInItsTurn() {
            spring.unitOfWork.run(em -> {
                SpringJpa.synchronize(noting());
                spring.unitOfWork.current().beforeCommit(() -> seen.add("hook before commit"));
                spring.unitOfWork.current().afterCommit(() -> seen.add("hook after commit"));
                em.persist(new Account(id));
            });

            assertThat(seen)
                    .containsExactly(
                            "before commit",
                            "hook before commit",
                            "before completion",
                            "after commit",
                            "committed",
                            "hook after commit");
        }

        @Test
        void hearsOfTheRollback() {
            swallow(() -> spring.unitOfWork.run(() -> {
                SpringJpa.synchronize(noting());
                throw failure;
            }));

            assertThat(seen).containsExactly("before completion", "rolled back");
        }

        @Test
        void hearsOfARollbackThatWasAskedFor() {
            spring.unitOfWork.run(() -> {
                SpringJpa.synchronize(noting());
                spring.unitOfWork.current().preventCommit();
            });

            assertThat(seen).containsExactly("before completion", "rolled back");
        }

        @Test
        void beforeTheCommitMayStillWriteAndRegisterHooks() {
            spring.unitOfWork.run(() -> SpringJpa.synchronize(new TransactionSynchronization() {
                @Override
                public void beforeCommit(boolean readOnly) {
                    spring.shared.persist(new Account(id));
                    spring.unitOfWork
                            .current()
                            .beforeCommit(
                                    () -> spring.shared.find(Account.class, id).deposit(2));
                }
            }));

            assertThat(spring.balance(id)).isEqualTo(2);
        }

        @Test
        void thatFailsBeforeTheCommitRollsBack() {
            assertThatThrownBy(() -> spring.unitOfWork.run(em -> {
                        em.persist(new Account(id));
                        SpringJpa.synchronize(new TransactionSynchronization() {
                            @Override
                            public void beforeCommit(boolean readOnly) {
                                throw failure;
                            }
                        });
                    }))
                    .isSameAs(failure);

            assertThat(spring.balance(id)).isEqualTo(-1);
        }

        @Test
        void thatFailsAfterTheCommitDoesNotMakeItLookFailed() {
            spring.unitOfWork.run(em -> {
                em.persist(new Account(id));
                SpringJpa.synchronize(new TransactionSynchronization() {
                    @Override
                    public void afterCommit() {
                        throw failure;
                    }
                });
                SpringJpa.synchronize(noting());
            });

            assertThat(seen).endsWith("after commit", "committed");
            assertThat(spring.balance(id)).isZero();
        }

        @Test
        void afterTheCommitGetsATransactionOfItsOwn() {
            spring.unitOfWork.run(() -> SpringJpa.synchronize(new TransactionSynchronization() {
                @Override
                public void afterCommit() {
                    spring.transaction().executeWithoutResult(status -> spring.shared.persist(new Account(id)));
                }
            }));

            assertThat(spring.balance(id)).isZero();
        }
    }

    @Nested
    class Misuse {

        @Test
        void inAJdbcTransactionIsRefusedRatherThanCommittedApart(DataSource dataSource) {
            new TransactionTemplate(new JdbcTransactionManager(dataSource))
                    .executeWithoutResult(
                            status -> assertThatThrownBy(() -> spring.unitOfWork.run(() -> seen.add("work")))
                                    .isInstanceOf(IllegalStateException.class)
                                    .hasMessageContaining("JpaTransactionManager"));

            assertThat(seen).isEmpty();
        }

        @Test
        void isNotToHaveUsedJdbcWhereNoTransactionIs() {
            spring.transaction(TransactionDefinition.PROPAGATION_SUPPORTS).executeWithoutResult(status -> {
                int backend = spring.jdbc.queryForObject("SELECT pg_backend_pid()", Integer.class);
                spring.unitOfWork.run(em -> em.persist(new Account(id)));

                assertThat(spring.jdbc.queryForObject("SELECT pg_backend_pid()", Integer.class))
                        .isEqualTo(backend);
            });

            assertThat(spring.balance(id)).isZero();
        }

        @Test
        void ofAScopeThatIsLeftOpenIsCleanedUp() {
            assertThatThrownBy(() -> spring.unitOfWork.run(() -> {
                        TransactionScope leftOpen =
                                spring.unitOfWork.with(Propagation.NEW).begin();
                        leftOpen.entityManager().persist(new Account(id));
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("innermost first");

            assertThat(spring.balance(id)).isEqualTo(-1);
        }
    }
}
