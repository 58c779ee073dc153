package io.hexai.jpa.spring;

import static io.hexai.jpa.spring.SpringJpa.session;
import static io.hexai.jpa.spring.SpringJpa.swallow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.transaction.IsolationLevel;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.TransactionOptions;
import io.hexai.jpa.transaction.TransactionScope;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceException;
import javax.sql.DataSource;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Scopes inside transactions that Spring has begun. */
class JoiningTest extends SpringJpaTests {

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
}
