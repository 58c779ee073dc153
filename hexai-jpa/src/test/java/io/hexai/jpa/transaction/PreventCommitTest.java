package io.hexai.jpa.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.testing.LogLines;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Synchronization;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PreventCommitTest extends AccountTests {

    final List<@Nullable Throwable> causes = new ArrayList<>();

    @BeforeEach
    void listen() {
        unitOfWork = UnitOfWork.builder(database.factory())
                .listener(new UnitOfWorkListener() {
                    @Override
                    public void rolledBack(TransactionInfo transaction, Duration duration, @Nullable Throwable cause) {
                        causes.add(cause);
                    }
                })
                .build();
    }

    @Test
    void rollsBackAndReturnsTheResult() {
        List<String> heard = new ArrayList<>();
        Object result = new Object();

        Object returned = unitOfWork.call(em -> {
            em.persist(new Account("a", 1));
            Transaction transaction = unitOfWork.current();
            transaction.beforeCommit(() -> heard.add("before commit"));
            transaction.afterCommit(() -> heard.add("after commit"));
            transaction.afterRollback(() -> heard.add("after rollback"));
            assertThat(transaction.isCommitPrevented()).isFalse();
            transaction.preventCommit();
            assertThat(transaction.isCommitPrevented()).isTrue();
            return result;
        });

        assertThat(returned).isSameAs(result);
        assertThat(heard).containsExactly("after rollback");
        assertThat(database.select("SELECT id FROM account")).isEmpty();
        assertThat(causes).hasSize(1).containsOnlyNulls();
    }

    @Test
    void keepsTheFirstOfSeveralCauses() {
        IllegalStateException first = new IllegalStateException("first");

        unitOfWork.run(() -> {
            unitOfWork.current().preventCommit();
            unitOfWork.current().preventCommit(first);
            unitOfWork.current().preventCommit(new IllegalStateException("second"));
        });

        assertThat(causes).containsExactly(first);
    }

    @Test
    void appliesToTheTransactionWhenCalledInAJoinedScope() {
        unitOfWork.run(em -> {
            em.persist(new Account("a", 1));
            unitOfWork.run(() -> unitOfWork.current().preventCommit());
            assertThat(unitOfWork.current().isCommitPrevented()).isTrue();
        });

        assertThat(database.select("SELECT id FROM account")).isEmpty();
    }

    @Test
    void letsTheWorksOwnExceptionLeave() {
        IllegalStateException own = new IllegalStateException("own");

        assertThatThrownBy(() -> unitOfWork.run(() -> {
                    unitOfWork.current().preventCommit(new IllegalStateException("prevention"));
                    throw own;
                }))
                .isSameAs(own);

        assertThat(causes).containsExactly(own);
    }

    @Test
    void isOnlyPossibleInsideAScope() {
        assertThatThrownBy(() -> unitOfWork.current().preventCommit()).isInstanceOf(NoActiveTransactionException.class);
    }

    @Test
    void rollsBackAnExplicitScopeThatIsToldToCommit() {
        try (TransactionScope scope = unitOfWork.begin()) {
            scope.entityManager().persist(new Account("a", 1));
            scope.preventCommit();
            scope.commit();
            assertThat(scope.isCommitPrevented()).isTrue();
        }

        assertThat(database.select("SELECT id FROM account")).isEmpty();
    }

    @Nested
    class Acknowledges {

        @Test
        void aJoinedFailureThatWasSwallowed() {
            IllegalStateException joined = new IllegalStateException("joined");

            String result = unitOfWork.call(em -> {
                em.persist(new Account("a", 1));
                failJoined(joined);
                unitOfWork.current().preventCommit(new IllegalStateException("prevention"));
                return "result";
            });

            assertThat(result).isEqualTo("result");
            assertThat(causes).containsExactly(joined);
            assertThat(database.select("SELECT id FROM account")).isEmpty();
        }

        @Test
        void aStatementThatFailed() {
            String result = unitOfWork.call(em -> {
                em.persist(new Account("a", 1));
                assertThatThrownBy(() -> em.createNativeQuery("SELECT nonsense").getResultList())
                        .hasStackTraceContaining("nonsense");
                unitOfWork.current().preventCommit();
                return "result";
            });

            assertThat(result).isEqualTo("result");
            assertThat(database.select("SELECT id FROM account")).isEmpty();
        }

        @Test
        void aJoinedFailureInsideANestedScopeOnly() {
            unitOfWork.run(em -> {
                em.persist(new Account("outer", 1));
                String result = unitOfWork.with(Propagation.NESTED).call(() -> {
                    em.persist(new Account("nested", 1));
                    failJoined(new IllegalStateException("joined"));
                    unitOfWork.current().preventCommit();
                    return "result";
                });
                assertThat(result).isEqualTo("result");
            });

            assertThat(database.select("SELECT id FROM account")).containsExactly("outer");
        }

        @Test
        void nothingOfTheScopeAroundANestedOne() {
            assertThatThrownBy(() -> unitOfWork.run(em -> {
                        em.persist(new Account("outer", 1));
                        failJoined(new IllegalStateException("joined"));
                        unitOfWork
                                .with(Propagation.NESTED)
                                .run(() -> unitOfWork.current().preventCommit());
                    }))
                    .isInstanceOf(UnexpectedRollbackException.class);
        }

        private void failJoined(RuntimeException failure) {
            assertThatThrownBy(() -> unitOfWork.run(() -> {
                        throw failure;
                    }))
                    .isSameAs(failure);
        }
    }

    /** Callbacks of Hibernate's that run while COMMIT is under way. */
    @Nested
    class TooLate {

        @Test
        void failsTheCommitThatHasNotBeenSent() {
            assertThatThrownBy(() -> unitOfWork.run(em -> {
                        em.persist(new Account("a", 1));
                        Callbacks.before(em, () -> unitOfWork.current().preventCommit());
                    }))
                    .hasStackTraceContaining("is under way");

            assertThat(database.select("SELECT id FROM account")).isEmpty();
        }

        @Test
        void doesNotMakeCommittedWorkLookRolledBack() {
            List<String> heard = new ArrayList<>();
            List<Throwable> refusals = new ArrayList<>();

            unitOfWork.run(em -> {
                em.persist(new Account("a", 1));
                unitOfWork.current().afterCommit(() -> heard.add("after commit"));
                unitOfWork.current().afterRollback(() -> heard.add("after rollback"));
                Callbacks.after(em, () -> {
                    assertThatThrownBy(() -> unitOfWork.current().preventCommit())
                            .satisfies(refusals::add);
                    assertThatThrownBy(() -> unitOfWork.run(() -> {})).satisfies(refusals::add);
                    assertThatThrownBy(() -> unitOfWork.with(Propagation.NESTED).run(() -> {}))
                            .satisfies(refusals::add);
                    assertThatThrownBy(() -> ((TransactionScope) unitOfWork.current()).rollback())
                            .satisfies(refusals::add);
                });
            });

            assertThat(refusals)
                    .hasSize(4)
                    .allSatisfy(e -> assertThat(e)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("is under way")
                            .hasMessageContaining("afterCommit"));
            assertThat(heard).containsExactly("after commit");
            assertThat(causes).isEmpty();
            assertThat(balance("a")).isEqualTo(1L);
        }

        @Test
        void letsACallbackOpenATransactionOfItsOwn() {
            unitOfWork.run(em -> {
                em.persist(new Account("a", 1));
                Callbacks.after(
                        em, () -> unitOfWork.with(Propagation.NEW).run(own -> own.persist(new Account("b", 1))));
            });

            assertThat(database.select("SELECT id FROM account ORDER BY id")).containsExactly("a", "b");
        }
    }

    @Nested
    class IsLogged {

        @Test
        void atInfoWithItsCauseWhichLeavesToNobody() {
            List<String> lines = LogLines.of(
                    UnitOfWork.class,
                    () -> unitOfWork
                            .with(o -> o.withName("import"))
                            .run(() -> unitOfWork.current().preventCommit(new IllegalStateException("a secret"))));

            assertThat(lines)
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .startsWith("INFO Rolled back transaction 'import' after ")
                            .endsWith(" ms: java.lang.IllegalStateException"));
        }

        @Test
        void atDebugWithoutACause() {
            List<String> lines = LogLines.of(
                    UnitOfWork.class,
                    () -> unitOfWork.run(() -> unitOfWork.current().preventCommit()));

            assertThat(lines)
                    .singleElement()
                    .satisfies(line -> assertThat(line).startsWith("DEBUG").endsWith("its scope decided so"));
        }
    }

    /** Gets code to run inside Hibernate's own commit. */
    private static final class Callbacks implements Synchronization {
        private final Runnable before;
        private final Runnable after;

        private Callbacks(Runnable before, Runnable after) {
            this.before = before;
            this.after = after;
        }

        static void before(EntityManager em, Runnable code) {
            em.unwrap(Session.class).getTransaction().registerSynchronization(new Callbacks(code, () -> {}));
        }

        static void after(EntityManager em, Runnable code) {
            em.unwrap(Session.class).getTransaction().registerSynchronization(new Callbacks(() -> {}, code));
        }

        @Override
        public void beforeCompletion() {
            before.run();
        }

        @Override
        public void afterCompletion(int status) {
            after.run();
        }
    }
}
