package io.hexai.jpa.spring;

import static io.hexai.jpa.spring.SpringJpa.swallow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.EventTypes;
import io.hexai.jpa.transaction.Propagation;
import java.io.IOException;
import java.lang.reflect.UndeclaredThrowableException;
import javax.sql.DataSource;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.support.TransactionSynchronization;

/** Hooks and events of transactions that Spring has begun. */
class JoiningHooksTest extends SpringJpaTests {

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
