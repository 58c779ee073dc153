package io.hexai.jpa.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class HooksTest extends AccountTests {

    final List<String> heard = new ArrayList<>();

    @Nested
    class BeforeCommit {

        @Test
        void runsMainBeforeDrainWhateverTheOrderOfRegistration() {
            unitOfWork.run(() -> {
                Transaction transaction = unitOfWork.current();
                transaction.beforeCommit(CommitPhase.DRAIN, () -> heard.add("drain 1"));
                transaction.beforeCommit(() -> heard.add("main 1"));
                transaction.beforeCommit(() -> {
                    heard.add("main 2");
                    transaction.beforeCommit(CommitPhase.DRAIN, () -> heard.add("drain 2"));
                });
                transaction.afterCommit(() -> heard.add("after"));
            });

            assertThat(heard).containsExactly("main 1", "main 2", "drain 1", "drain 2", "after");
        }

        @Test
        void commitsWhatItWrites() {
            unitOfWork.run(em -> unitOfWork.current().beforeCommit(() -> em.persist(new Account("hook", 1))));

            assertThat(balance("hook")).isEqualTo(1L);
        }

        @Test
        void rollsBackWithItsOwnExceptionWhenItThrows() {
            IOException failure = new IOException("from the hook");

            assertThatThrownBy(() -> unitOfWork.run(em -> {
                        em.persist(new Account("a", 1));
                        unitOfWork.current().beforeCommit(() -> {
                            throw failure;
                        });
                        unitOfWork.current().beforeCommit(() -> heard.add("not reached"));
                        unitOfWork.current().afterRollback(() -> heard.add("rolled back"));
                    }))
                    .isSameAs(failure);

            assertThat(heard).containsExactly("rolled back");
            assertThat(database.select("SELECT id FROM account")).isEmpty();
        }

        @Test
        void rollsBackWhenItPreventsTheCommit() {
            String result = unitOfWork.call(em -> {
                em.persist(new Account("a", 1));
                unitOfWork.current().beforeCommit(() -> unitOfWork.current().preventCommit());
                unitOfWork.current().beforeCommit(CommitPhase.DRAIN, () -> heard.add("not reached"));
                return "result";
            });

            assertThat(result).isEqualTo("result");
            assertThat(heard).isEmpty();
            assertThat(database.select("SELECT id FROM account")).isEmpty();
        }

        @Test
        void doesNotStartTheCommitAnewWhenItOpensAJoinedScope() {
            unitOfWork.run(em -> unitOfWork.current().beforeCommit(() -> {
                heard.add("hook");
                unitOfWork.run(inner -> inner.persist(new Account("joined", 1)));
            }));

            assertThat(heard).containsExactly("hook");
            assertThat(balance("joined")).isEqualTo(1L);
        }

        @Test
        void keepsWhatIsAroundANestedScopeThatFailsInIt() {
            unitOfWork.run(em -> {
                em.persist(new Account("outer", 1));
                unitOfWork.current().beforeCommit(() -> {
                    try {
                        unitOfWork.with(Propagation.NESTED).run(inner -> {
                            inner.persist(new Account("nested", 1));
                            throw new IllegalStateException();
                        });
                    } catch (IllegalStateException expected) {
                        heard.add("caught");
                    }
                });
            });

            assertThat(database.select("SELECT id FROM account")).containsExactly("outer");
        }

        @Test
        void cannotBeRegisteredForAPhaseThatRuns() {
            assertThatThrownBy(() -> unitOfWork.run(() -> unitOfWork
                            .current()
                            .beforeCommit(() -> unitOfWork.current().beforeCommit(() -> heard.add("too late")))))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("MAIN");
        }

        @Test
        void doesNotRunWhenTheWorkFailed() {
            assertThatThrownBy(() -> unitOfWork.run(() -> {
                        unitOfWork.current().beforeCommit(() -> heard.add("not reached"));
                        throw new IllegalStateException();
                    }))
                    .isInstanceOf(IllegalStateException.class);

            assertThat(heard).isEmpty();
        }
    }

    @Nested
    class AfterCommit {

        @Test
        void runsOutsideTheTransactionAndMayOpenAnother() {
            unitOfWork.run(em -> {
                em.persist(new Account("a", 1));
                unitOfWork.current().afterCommit(() -> {
                    assertThat(unitOfWork.isActive()).isFalse();
                    assertThat(database.borrowedConnections()).isZero();
                    unitOfWork.run(later -> later.persist(new Account("b", 1)));
                });
            });

            assertThat(database.select("SELECT id FROM account ORDER BY id")).containsExactly("a", "b");
        }

        @Test
        void doesNotMakeCommittedWorkLookFailedWhenItThrows() {
            IllegalStateException failure = new IllegalStateException("after");
            List<Throwable> reported = new ArrayList<>();
            UnitOfWork listening = UnitOfWork.builder(database.factory())
                    .listener(new UnitOfWorkListener() {
                        @Override
                        public void hookFailed(TransactionInfo transaction, Throwable failed) {
                            reported.add(failed);
                        }
                    })
                    .build();

            String result = listening.call(em -> {
                em.persist(new Account("a", 1));
                listening.current().afterCommit(() -> {
                    throw failure;
                });
                listening.current().afterCommit(() -> heard.add("second"));
                return "result";
            });

            assertThat(result).isEqualTo("result");
            assertThat(reported).containsExactly(failure);
            assertThat(heard).containsExactly("second");
            assertThat(balance("a")).isEqualTo(1L);
        }

        @Test
        void runsForAScopeWithoutSqlToo() {
            unitOfWork.run(() -> {
                unitOfWork.current().beforeCommit(() -> heard.add("before"));
                unitOfWork.current().afterCommit(() -> heard.add("after"));
            });

            assertThat(heard).containsExactly("before", "after");
        }
    }

    @Nested
    class AfterRollback {

        @Test
        void suppressesItsFailureIntoTheCause() {
            IllegalStateException cause = new IllegalStateException("cause");
            IllegalStateException failure = new IllegalStateException("hook");

            assertThatThrownBy(() -> unitOfWork.run(() -> {
                        unitOfWork.current().afterRollback(() -> {
                            throw failure;
                        });
                        unitOfWork.current().afterRollback(() -> heard.add("second"));
                        throw cause;
                    }))
                    .isSameAs(cause)
                    .satisfies(e -> assertThat(e.getSuppressed()).containsExactly(failure));

            assertThat(heard).containsExactly("second");
        }

        @Test
        void runsWhenTheCommitItselfFails() {
            database.execute("CREATE TABLE IF NOT EXISTS parent (id int primary key)");
            database.execute(
                    "CREATE TABLE IF NOT EXISTS child (id int references parent deferrable initially deferred)");

            assertThatThrownBy(() -> unitOfWork.run(em -> {
                        unitOfWork.current().afterRollback(() -> heard.add("rolled back"));
                        unitOfWork.current().afterCommit(() -> heard.add("committed"));
                        em.createNativeQuery("INSERT INTO child VALUES (1)").executeUpdate();
                    }))
                    .isInstanceOf(org.hibernate.exception.ConstraintViolationException.class);

            assertThat(heard).containsExactly("rolled back");
        }
    }

    @Nested
    class EveryNested {

        @Test
        void isToldOnceToEachObserver() {
            SavepointObserver observer = around -> {
                heard.add("begins");
                return () -> heard.add("rolled back");
            };
            unitOfWork.onEveryNested(observer);
            Registration registration = unitOfWork.onEveryNested(observer);
            UnitOfWork nested = unitOfWork.with(Propagation.NESTED);

            unitOfWork.run(() -> {
                nested.run(() -> {});
                assertThatThrownBy(() -> nested.run(() -> {
                            throw new IllegalStateException();
                        }))
                        .isInstanceOf(IllegalStateException.class);
                registration.close();
                nested.run(() -> {});
            });

            assertThat(heard).containsExactly("begins", "begins", "rolled back");
        }
    }

    @Nested
    class EveryCommit {

        @Test
        void hearsOfPhysicalCommitsOnly() {
            Registration registration = unitOfWork.onEveryCommit(() -> heard.add("committed"));
            unitOfWork.run(() -> {});
            unitOfWork.run(em -> em.persist(new Account("a", 1)));
            assertThatThrownBy(() -> unitOfWork.run(em -> {
                        em.find(Account.class, "a");
                        throw new IllegalStateException();
                    }))
                    .isInstanceOf(IllegalStateException.class);
            registration.close();
            registration.close();
            unitOfWork.run(em -> em.persist(new Account("b", 1)));

            assertThat(heard).containsExactly("committed");
        }

        @Test
        void isNotToldOfItsOwnCommits() {
            Registration registration = unitOfWork.onEveryCommit(() -> {
                heard.add("committed");
                unitOfWork.run(em -> em.find(Account.class, "a"));
            });
            unitOfWork.run(em -> em.persist(new Account("a", 1)));
            registration.close();

            assertThat(heard).containsExactly("committed");
        }

        @Test
        void letsHooksWriteBeforeEachOfThem() {
            Registration registration = unitOfWork.beforeEveryCommit(
                    CommitPhase.DRAIN,
                    transaction -> transaction.entityManager().persist(new Account("drained", 1)));
            unitOfWork.run(() -> {});
            registration.close();
            unitOfWork.run(() -> {});

            assertThat(balance("drained")).isEqualTo(1L);
        }
    }

    @Test
    void leavesNoScopeBehindWhenAListenerThrowsAnErrorAtItsBegin() {
        UnitOfWork listening = UnitOfWork.builder(database.factory())
                .listener(new UnitOfWorkListener() {
                    @Override
                    public void began(TransactionInfo transaction) {
                        throw new NoClassDefFoundError("a metrics library");
                    }
                })
                .build();

        listening.run(em -> em.persist(new Account("a", 1)));

        assertThat(listening.isActive()).isFalse();
        assertThat(balance("a")).isEqualTo(1L);
    }

    @Test
    void callsAfterCommitHooksThoughAListenerThrowsAnErrorAtTheCommit() {
        UnitOfWork listening = UnitOfWork.builder(database.factory())
                .listener(new UnitOfWorkListener() {
                    @Override
                    public void committed(TransactionInfo transaction, Duration duration) {
                        throw new NoClassDefFoundError("a metrics library");
                    }
                })
                .build();

        listening.run(em -> {
            em.persist(new Account("a", 1));
            listening.current().afterCommit(() -> heard.add("committed"));
        });

        assertThat(heard).containsExactly("committed");
    }

    @Test
    void tellsListenersWhatHappened() {
        UnitOfWork listening = UnitOfWork.builder(database.factory())
                .listener(new UnitOfWorkListener() {
                    @Override
                    public void began(TransactionInfo transaction) {
                        heard.add("began " + transaction);
                    }

                    @Override
                    public void committed(TransactionInfo transaction, Duration duration) {
                        assertThat(duration).isPositive();
                        heard.add("committed " + transaction);
                    }

                    @Override
                    public void rolledBack(TransactionInfo transaction, Duration duration, @Nullable Throwable cause) {
                        heard.add("rolled back " + transaction + " by " + cause);
                        throw new IllegalStateException("a listener's failure is nobody else's");
                    }
                })
                .build();

        listening.with(o -> o.withName("order")).run(() -> {
            try {
                listening.with(Propagation.NESTED).run(() -> {
                    throw new IllegalStateException("inner");
                });
            } catch (IllegalStateException expected) {
                heard.add("caught");
            }
        });

        assertThat(heard)
                .containsExactly(
                        "began transaction 'order'",
                        "began nested scope",
                        "rolled back nested scope by java.lang.IllegalStateException: inner",
                        "caught",
                        "committed transaction 'order'");
    }
}
