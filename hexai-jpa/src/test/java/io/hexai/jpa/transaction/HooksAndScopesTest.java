package io.hexai.jpa.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.testing.TestFactory;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.hibernate.Session;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Hooks that open, leave open or end scopes, and hooks of scopes inside others. */
class HooksAndScopesTest extends AccountTests {

    final List<String> heard = new ArrayList<>();
    final List<Throwable> reported = new ArrayList<>();

    @BeforeEach
    void listen() {
        unitOfWork = UnitOfWork.builder(database.factory())
                .listener(new UnitOfWorkListener() {
                    @Override
                    public void hookFailed(TransactionInfo transaction, Throwable failure) {
                        reported.add(failure);
                    }
                })
                .build();
    }

    @Nested
    class ThatMeddles {

        @Test
        void rollsBackWhenItLeavesANestedScopeOpen() {
            assertThatThrownBy(() -> unitOfWork.run(em -> {
                        em.persist(new Account("a", 1));
                        unitOfWork
                                .current()
                                .beforeCommit(() ->
                                        unitOfWork.with(Propagation.NESTED).begin());
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("innermost first");

            assertThat(database.select("SELECT id FROM account")).isEmpty();
        }

        @Test
        void givesTheConnectionBackWhenItLeavesANewScopeOpen() {
            assertThatThrownBy(() -> unitOfWork.run(em -> {
                        em.persist(new Account("a", 1));
                        unitOfWork.current().beforeCommit(() -> {
                            TransactionScope left =
                                    unitOfWork.with(Propagation.NEW).begin();
                            left.entityManager().persist(new Account("b", 1));
                            left.entityManager().flush();
                        });
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("innermost first");

            assertThat(database.borrowedConnections()).isZero();
            assertThat(database.select("SELECT id FROM account")).isEmpty();
        }

        @Test
        void throwsItsOwnFailureAlthoughItLeavesAScopeOpen() {
            IOException failure = new IOException();

            assertThatThrownBy(() -> unitOfWork.run(em -> {
                        em.persist(new Account("a", 1));
                        unitOfWork.current().beforeCommit(() -> {
                            unitOfWork
                                    .with(Propagation.NEW)
                                    .begin()
                                    .entityManager()
                                    .createNativeQuery("SELECT 1")
                                    .getResultList();
                            throw failure;
                        });
                    }))
                    .isSameAs(failure);

            assertThat(database.borrowedConnections()).isZero();
        }

        @Test
        void cannotCommitTheScopeThatIsBeingCommitted() {
            TransactionScope scope = unitOfWork.begin();
            scope.entityManager().persist(new Account("a", 1));
            scope.beforeCommit(scope::commit);
            scope.afterRollback(() -> heard.add("rolled back"));

            assertThatThrownBy(scope::commit)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("being committed already");

            assertThat(heard).containsExactly("rolled back");
            assertThat(database.select("SELECT id FROM account")).isEmpty();
        }

        @Test
        void leavesTheScopeAroundAloneWhenItRollsItsOwnBack() {
            unitOfWork.run(em -> {
                em.persist(new Account("outer", 1));
                TransactionScope inner = unitOfWork.with(Propagation.NEW).begin();
                inner.entityManager().persist(new Account("inner", 1));
                inner.beforeCommit(inner::rollback);
                inner.afterRollback(() -> heard.add("rolled back"));

                assertThatThrownBy(inner::commit).isInstanceOf(IllegalStateException.class);
            });

            assertThat(heard).containsExactly("rolled back");
            assertThat(database.select("SELECT id FROM account")).containsExactly("outer");
        }
    }

    @Nested
    class BeforeCommit {

        @Test
        void writesInATransactionOfItsOwn() {
            assertThatThrownBy(() -> unitOfWork.run(em -> {
                        em.persist(new Account("outer", 1));
                        unitOfWork
                                .current()
                                .beforeCommit(() -> unitOfWork
                                        .with(Propagation.NEW)
                                        .run(own -> own.persist(new Account("of the hook", 1))));
                        unitOfWork.current().beforeCommit(CommitPhase.DRAIN, () -> {
                            throw new IOException("later");
                        });
                    }))
                    .isInstanceOf(IOException.class);

            assertThat(database.select("SELECT id FROM account")).containsExactly("of the hook");
        }

        @Test
        void mayRegisterForTheNextPhaseInANestedScopeButNotForItsOwn() {
            unitOfWork.run(() -> unitOfWork.current().beforeCommit(() -> {
                unitOfWork
                        .with(Propagation.NESTED)
                        .run(() -> unitOfWork
                                .current()
                                .beforeCommit(CommitPhase.DRAIN, () -> heard.add("drain of nested")));
                assertThatThrownBy(() -> unitOfWork
                                .with(Propagation.NESTED)
                                .run(() -> unitOfWork.current().beforeCommit(() -> heard.add("too late"))))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("phase MAIN is running");
                unitOfWork.current().afterCommit(() -> heard.add("after commit"));
            }));

            assertThat(heard).containsExactly("drain of nested", "after commit");
        }

        @Test
        void rollsBackWhenAScopeThatItJoinedFailedAndItSwallowedThat() {
            IllegalStateException joined = new IllegalStateException("joined");

            assertThatThrownBy(() -> unitOfWork.run(em -> {
                        em.persist(new Account("a", 1));
                        unitOfWork
                                .current()
                                .beforeCommit(() -> assertThatThrownBy(() -> unitOfWork.run(() -> {
                                            throw joined;
                                        }))
                                        .isSameAs(joined));
                    }))
                    .isInstanceOf(UnexpectedRollbackException.class)
                    .hasCause(joined);

            assertThat(database.select("SELECT id FROM account")).isEmpty();
        }

        @Test
        void rollsBackWithItsErrorWhenItThrowsOne() {
            StackOverflowError error = new StackOverflowError();

            assertThatThrownBy(() -> unitOfWork.run(em -> {
                        em.persist(new Account("a", 1));
                        unitOfWork.current().beforeCommit(() -> {
                            throw error;
                        });
                        unitOfWork.current().afterRollback(() -> heard.add("rolled back"));
                    }))
                    .isSameAs(error);

            assertThat(heard).containsExactly("rolled back");
            assertThat(database.select("SELECT id FROM account")).isEmpty();
        }

        @Test
        void failsWhereTheFlushAfterItFails() {
            insert("taken", 1);

            assertThatThrownBy(() -> unitOfWork.run(em -> {
                        unitOfWork.current().beforeCommit(() -> em.persist(new Account("taken", 2)));
                        unitOfWork.current().beforeCommit(CommitPhase.DRAIN, () -> heard.add("not reached"));
                    }))
                    .isInstanceOf(org.hibernate.exception.ConstraintViolationException.class);

            assertThat(heard).isEmpty();
        }

        @Test
        void ofEveryCommitRunsAfterTheTransactionsOwnInEachPhase() {
            try (Registration main =
                            unitOfWork.beforeEveryCommit(CommitPhase.MAIN, transaction -> heard.add("every main"));
                    Registration drain =
                            unitOfWork.beforeEveryCommit(CommitPhase.DRAIN, transaction -> heard.add("every drain"))) {
                assertThat(main).isNotSameAs(drain);
                unitOfWork.run(() -> {
                    unitOfWork.current().beforeCommit(CommitPhase.DRAIN, () -> heard.add("own drain"));
                    unitOfWork.current().beforeCommit(() -> heard.add("own main"));
                });
            }

            assertThat(heard).containsExactly("own main", "every main", "own drain", "every drain");
        }

        @Test
        void ofEveryCommitRollsBackWhenItThrows() {
            IllegalStateException failure = new IllegalStateException("every");
            try (Registration registration = unitOfWork.beforeEveryCommit(CommitPhase.MAIN, transaction -> {
                throw failure;
            })) {
                assertThat(registration).isNotNull();
                assertThatThrownBy(() -> unitOfWork.run(em -> em.persist(new Account("a", 1))))
                        .isSameAs(failure);
            }

            assertThat(database.select("SELECT id FROM account")).isEmpty();
        }
    }

    /** What runs afterwards belongs to no transaction, not even to one that waits around. */
    @Nested
    class Afterwards {

        @Test
        void doesNotDoomTheTransactionAroundANewOne() {
            IllegalStateException failure = new IllegalStateException("of the hook");

            unitOfWork.run(outer -> {
                outer.persist(new Account("outer", 1));
                unitOfWork
                        .with(Propagation.NEW)
                        .run(() -> unitOfWork.current().afterCommit(() -> {
                            assertThat(unitOfWork.isActive()).isFalse();
                            unitOfWork.run(() -> {
                                throw failure;
                            });
                        }));
                assertThat(unitOfWork.entityManager()).isSameAs(outer);
            });

            assertThat(reported).containsExactly(failure);
            assertThat(database.select("SELECT id FROM account")).containsExactly("outer");
        }

        @Test
        void keepsWhatItWritesThoughTheTransactionAroundANewOneRollsBack() {
            assertThatThrownBy(() -> unitOfWork.run(outer -> {
                        outer.persist(new Account("outer", 1));
                        outer.flush();
                        unitOfWork.with(Propagation.NEW).run(inner -> {
                            inner.persist(new Account("inner", 1));
                            unitOfWork
                                    .current()
                                    .afterCommit(() -> unitOfWork.run(em -> em.persist(new Account("hook", 1))));
                        });
                        throw new IllegalStateException("outer");
                    }))
                    .hasMessage("outer");

            assertThat(database.select("SELECT id FROM account ORDER BY id")).containsExactly("hook", "inner");
        }

        @Test
        void failsSoonWhereTheTransactionAroundHoldsTheLastConnection() {
            try (var narrow = TestFactory.pool(database.jdbcUrl(), 1);
                    var factory = new HibernatePersistenceConfiguration("narrow")
                            .managedClasses(Account.class)
                            .property("jakarta.persistence.nonJtaDataSource", narrow)
                            .createEntityManagerFactory()) {
                narrow.setConnectionTimeout(60_000);
                UnitOfWork one = UnitOfWork.builder(factory)
                        .listener(new UnitOfWorkListener() {
                            @Override
                            public void hookFailed(TransactionInfo transaction, Throwable failure) {
                                reported.add(failure);
                            }
                        })
                        .build();
                one.run(outer -> {
                    outer.find(Account.class, "a");
                    one.with(Propagation.NEW)
                            .run(() -> one.current().afterCommit(() -> one.run(em -> em.find(Account.class, "a"))));
                });
            }

            assertThat(reported)
                    .singleElement()
                    .satisfies(e -> assertThat(e).hasStackTraceContaining("held by transactions"));
        }

        @Test
        void leavesNoScopeBehindOnTheThread() {
            unitOfWork.run(em -> {
                em.persist(new Account("a", 1));
                unitOfWork.current().afterCommit(() -> {
                    TransactionScope left = unitOfWork.begin();
                    left.entityManager().persist(new Account("left", 1));
                    left.entityManager().flush();
                    unitOfWork.with(Propagation.NESTED).begin();
                });
                unitOfWork.current().afterCommit(() -> heard.add("active: " + unitOfWork.isActive()));
            });

            assertThat(heard).containsExactly("active: false");
            assertThat(reported)
                    .singleElement()
                    .satisfies(e -> assertThat(e)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("did not close it")
                            .hasStackTraceContaining("leavesNoScopeBehindOnTheThread"));
            assertThat(database.select("SELECT id FROM account")).containsExactly("a");
        }

        @Test
        void leavesTheScopeAroundANestedOneAsItWas() {
            unitOfWork.run(em -> {
                em.persist(new Account("outer", 1));
                unitOfWork.with(Propagation.NESTED).run(() -> {
                    unitOfWork
                            .current()
                            .afterRollback(() -> unitOfWork
                                    .with(Propagation.NESTED)
                                    .begin()
                                    .entityManager()
                                    .persist(new Account("left", 1)));
                    unitOfWork.current().preventCommit();
                });
                assertThat(unitOfWork.entityManager()).isSameAs(em);
            });

            assertThat(reported).hasSize(1);
            assertThat(database.select("SELECT id FROM account")).containsExactly("outer");
        }

        @Test
        void reportsEachFailureAndGoesOn() {
            OutOfMemoryError error = new OutOfMemoryError("an error");
            IOException checked = new IOException("checked");
            try (Registration registration = unitOfWork.onEveryCommit(() -> {
                throw error;
            })) {
                assertThat(registration).isNotNull();
                unitOfWork.run(em -> {
                    em.persist(new Account("a", 1));
                    unitOfWork.current().afterCommit(() -> {
                        throw checked;
                    });
                });
            }

            assertThat(reported).containsExactly(checked, error);
            assertThat(balance("a")).isEqualTo(1L);
        }

        @Test
        void keepsTheThreadInterruptedWhereAHookWas() {
            unitOfWork.run(() -> unitOfWork.current().afterCommit(() -> {
                throw new InterruptedException();
            }));

            assertThat(Thread.interrupted()).isTrue();
        }

        @Test
        void tellsAnObserverThatWasRegisteredTwiceOnce() {
            CommitObserver observer = () -> heard.add("committed");
            try (Registration first = unitOfWork.onEveryCommit(observer);
                    Registration second = unitOfWork.onEveryCommit(observer)) {
                assertThat(first).isNotNull();
                assertThat(second).isNotNull();
                unitOfWork.run(em -> em.persist(new Account("a", 1)));
            }

            assertThat(heard).containsExactly("committed");
        }

        @Test
        void endsThoughTwoObserversCommitOnEachOthersBehalf() {
            CommitObserver one = () -> commit("one");
            CommitObserver two = () -> commit("two");
            try (Registration first = unitOfWork.onEveryCommit(one);
                    Registration second = unitOfWork.onEveryCommit(two)) {
                assertThat(first).isNotNull();
                assertThat(second).isNotNull();
                unitOfWork.run(em -> em.persist(new Account("a", 1)));
            }

            assertThat(heard).containsExactly("one", "two", "two", "one");
        }

        private void commit(String name) {
            heard.add(name);
            unitOfWork.run(em -> em.find(Account.class, "a"));
        }
    }

    /** Callbacks that code registers the JPA way share the fate of the scope's hooks. */
    @Nested
    class Synchronizations {

        @Test
        void ofANestedScopeThatRolledBackAreToldSoOnce() {
            unitOfWork.run(() -> {
                unitOfWork.with(Propagation.NESTED).run(em -> {
                    register(em.unwrap(Session.class));
                    unitOfWork.current().preventCommit();
                });
                assertThat(heard).containsExactly("after " + Status.STATUS_ROLLEDBACK);
            });

            assertThat(heard).hasSize(1);
        }

        @Test
        void ofANestedScopeThatSucceededFollowTheTransaction() {
            unitOfWork.run(() -> {
                unitOfWork.with(Propagation.NESTED).run(em -> register(em.unwrap(Session.class)));
                assertThat(heard).isEmpty();
            });
            assertThat(heard).containsExactly("before", "after " + Status.STATUS_COMMITTED);
            heard.clear();

            unitOfWork.run(() -> {
                unitOfWork.with(Propagation.NESTED).run(em -> register(em.unwrap(Session.class)));
                unitOfWork.current().preventCommit();
            });
            assertThat(heard).containsExactly("after " + Status.STATUS_ROLLEDBACK);
        }

        private void register(Session session) {
            session.getTransaction().registerSynchronization(new Synchronization() {
                @Override
                public void beforeCompletion() {
                    heard.add("before");
                }

                @Override
                public void afterCompletion(int status) {
                    heard.add("after " + status);
                }
            });
        }
    }
}
