package io.hexai.jpa.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.EventType;
import io.hexai.jpa.transaction.CommitPhase;
import io.hexai.jpa.transaction.IsolationLevel;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.ResourceKey;
import io.hexai.jpa.transaction.RetryPolicy;
import io.hexai.jpa.transaction.TransactionOptions;
import io.hexai.jpa.transaction.TransactionScope;
import io.hexai.jpa.transaction.UnexpectedRollbackException;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.OptimisticLockException;
import jakarta.persistence.PersistenceException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

@PostgresTest(entities = Note.class, events = RollbackIsolationTest.Noted.class, isolation = TestIsolation.ROLLBACK)
class RollbackIsolationTest {

    @EventType("test.rolled-back")
    record Noted(long id) {}

    private final UnitOfWork unitOfWork;
    private final PostgresConfig config;

    RollbackIsolationTest(UnitOfWork unitOfWork, PostgresConfig config) {
        this.unitOfWork = unitOfWork;
        this.config = config;
    }

    @AfterEach
    void nothingIsVisibleToOthers() {
        assertThat(SharedServer.select(config, "SELECT count(*) FROM note")).containsExactly("0");
        assertThat(SharedServer.select(config, "SELECT count(*) FROM hexai__events"))
                .containsExactly("0");
    }

    private void add(long id) {
        unitOfWork.run(em -> em.persist(new Note(id, "note " + id)));
    }

    private List<Long> ids() {
        return unitOfWork.call(em ->
                em.createQuery("select id from Note order by id", Long.class).getResultList());
    }

    @RepeatedTest(2)
    void eachTestFindsTheDatabaseAsItWas() {
        assertThat(ids()).isEmpty();
        add(1);
        add(2);
        assertThat(ids()).containsExactly(1L, 2L);
    }

    @Nested
    class AUnitOfWork {

        @Test
        void thatFailsIsUndoneAlone() {
            add(1);
            assertThatThrownBy(() -> unitOfWork.run(em -> {
                        em.persist(new Note(2, "two"));
                        em.flush();
                        throw new IllegalStateException("no");
                    }))
                    .hasMessage("no");
            add(3);

            assertThat(ids()).containsExactly(1L, 3L);
        }

        @Test
        void thatViolatesAConstraintLeavesTheTransactionUsable() {
            add(1);
            assertThatThrownBy(() -> add(1)).isInstanceOf(PersistenceException.class);

            assertThat(ids()).containsExactly(1L);
        }

        @Test
        void thatSwallowsAFailureIsToldSo() {
            assertThatThrownBy(() -> unitOfWork.run(em -> {
                        try {
                            em.createNativeQuery("SELECT no_such_column").getResultList();
                        } catch (PersistenceException e) {
                            // Swallowed, which the unit of work does not let pass.
                        }
                    }))
                    .isInstanceOf(UnexpectedRollbackException.class);
        }

        @Test
        void thatSwallowsTheFailureOfAJoinedOneIsToldSoAndUndone() {
            assertThatThrownBy(() -> unitOfWork.run(() -> {
                        add(1);
                        assertThatThrownBy(() -> unitOfWork.run(() -> {
                                    throw new IllegalStateException("joined");
                                }))
                                .hasMessage("joined");
                    }))
                    .isInstanceOf(UnexpectedRollbackException.class)
                    .hasRootCauseMessage("joined");

            assertThat(ids()).isEmpty();
        }

        @Test
        void thatPreventsItsCommitIsUndoneAndReturnsNormally() {
            List<String> ran = new ArrayList<>();

            unitOfWork.run(() -> {
                add(1);
                unitOfWork.current().afterCommit(() -> ran.add("commit"));
                unitOfWork.current().afterRollback(() -> ran.add("rollback"));
                unitOfWork.current().preventCommit();
            });

            assertThat(ran).containsExactly("rollback");
            assertThat(ids()).isEmpty();
        }

        @Test
        void thatSendsNothingRunsItsHooksAndObservesNoCommit(StatementLog log) {
            List<String> ran = new ArrayList<>();
            try (var observed = unitOfWork.onEveryCommit(() -> ran.add("observer"))) {
                assertThat(observed).isNotNull();
                Statements sent = log.during(
                        () -> unitOfWork.run(() -> unitOfWork.current().afterCommit(() -> ran.add("after"))));
                assertThat(sent.commits()).isZero();
                sent.assertNone();
            }

            assertThat(ran).containsExactly("after");
        }

        @Test
        void hasItsResourcesToItself() {
            ResourceKey<List<String>> key = ResourceKey.of("list");

            unitOfWork.run(
                    () -> unitOfWork.current().resource(key, ArrayList::new).add("first"));

            unitOfWork.run(() -> assertThat(unitOfWork.current().resource(key, ArrayList::new))
                    .isEmpty());
        }

        @Test
        void runsItsHooksAsIfItHadBeenCommitted() {
            List<String> ran = new ArrayList<>();
            try (var observed = unitOfWork.onEveryCommit(() -> ran.add("observer"))) {
                assertThat(observed).isNotNull();
                unitOfWork.run(em -> {
                    em.persist(new Note(1, "one"));
                    unitOfWork.current().beforeCommit(CommitPhase.MAIN, () -> ran.add("before"));
                    unitOfWork.current().afterCommit(() -> ran.add("after, outside: " + !unitOfWork.isActive()));
                    unitOfWork.current().afterRollback(() -> ran.add("never"));
                });
            }

            assertThat(ran).containsExactly("before", "after, outside: true", "observer");
        }

        @Test
        void nestsAndJoins() {
            unitOfWork.run(em -> {
                add(1);
                assertThatThrownBy(() -> unitOfWork.with(Propagation.NESTED).run(inner -> {
                            inner.persist(new Note(2, "two"));
                            throw new IllegalStateException("nested");
                        }))
                        .hasMessage("nested");
                unitOfWork.with(Propagation.NESTED).run(() -> add(3));
            });

            assertThat(ids()).containsExactly(1L, 3L);
        }

        @Test
        void isRetried() {
            List<Integer> attempts = new ArrayList<>();

            unitOfWork
                    .with(o -> o.withRetry(
                            RetryPolicy.attempts(3).withBackoff(Duration.ofMillis(1), Duration.ofMillis(1))))
                    .run(em -> {
                        attempts.add(unitOfWork.current().attempt());
                        em.persist(new Note(attempts.size(), "attempt"));
                        em.flush();
                        if (attempts.size() < 3) {
                            throw new OptimisticLockException("again");
                        }
                    });

            assertThat(attempts).containsExactly(1, 2, 3);
            assertThat(ids()).containsExactly(3L);
        }

        @Test
        void canBeDemarcatedByHand() {
            try (TransactionScope scope = unitOfWork.begin()) {
                scope.entityManager().persist(new Note(1, "one"));
                scope.commit();
            }
            try (TransactionScope scope = unitOfWork.begin()) {
                scope.entityManager().persist(new Note(2, "two"));
                scope.rollback();
            }

            assertThat(ids()).containsExactly(1L);
        }

        @Test
        void keepsItsTimeoutsToItself(Connection connection) throws SQLException {
            String before = show(connection, "lock_timeout");
            unitOfWork
                    .with(o -> o.withLockTimeout(Duration.ofMillis(1234)).withTimeout(Duration.ofMinutes(5)))
                    .run(em -> em.persist(new Note(1, "one")));

            assertThat(show(connection, "lock_timeout")).isEqualTo(before).isNotEqualTo("1234ms");
            assertThat(show(connection, "statement_timeout")).isEqualTo("0");
        }

        @Test
        void keepsToItselfThatItWasReadOnly() {
            unitOfWork.with(o -> o.withReadOnly(true)).run(em -> em.find(Note.class, 1L));
            add(1);

            assertThat(ids()).containsExactly(1L);
        }

        @Test
        void cannotHaveAnIsolationOfItsOwn() {
            add(1);
            UnitOfWork serializable =
                    unitOfWork.with(TransactionOptions.defaults().withIsolation(IsolationLevel.SERIALIZABLE));

            assertThatThrownBy(() -> serializable.run(em -> em.find(Note.class, 1L)))
                    .hasStackTraceContaining("ISOLATION LEVEL");
            assertThat(ids()).containsExactly(1L);
        }

        @Test
        void thatIsNewInAnotherSharesItsTransactionAndAWarningSaysSo() {
            List<String> warnings = LogLines.of(
                    RollbackUnitOfWork.class,
                    Level.WARN,
                    () -> unitOfWork.run(em -> {
                        em.persist(new Note(1, "outer"));
                        em.flush();
                        unitOfWork.with(Propagation.NEW).run(inner -> {
                            inner.persist(new Note(2, "inner"));
                            assertThat(inner.find(Note.class, 1L)).isNotNull();
                        });
                        unitOfWork.current().preventCommit();
                    }));

            assertThat(warnings).singleElement().asString().contains("Propagation.NEW");
            assertThat(ids()).isEmpty();
        }

        @Test
        void storesEventsThatLaterOnesRead(EventStore store) {
            unitOfWork.run(() -> {
                store.store(new Noted(1));
            });

            unitOfWork.run(() -> assertThat(store.fetch(0, 10).events()).hasSize(1));
        }
    }

    @Nested
    class ADeferredConstraint {

        @Test
        void isCheckedAtTheEndOfEachUnitOfWork() {
            unitOfWork.run(em -> em.createNativeQuery("CREATE TABLE child (id bigint, note bigint REFERENCES note"
                            + " DEFERRABLE INITIALLY DEFERRED)")
                    .executeUpdate());

            assertThatThrownBy(() -> unitOfWork.run(em -> em.createNativeQuery("INSERT INTO child VALUES (1, 7)")
                            .executeUpdate()))
                    .isInstanceOf(PersistenceException.class);
            unitOfWork.run(em -> {
                em.createNativeQuery("INSERT INTO child VALUES (1, 7)").executeUpdate();
                em.persist(new Note(7, "just in time"));
            });

            assertThat(ids()).containsExactly(7L);
        }
    }

    @Nested
    class PlainJdbc {

        @Test
        void inAutoCommitModeLosesTheFailedStatementOnly(Connection connection) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                statement.execute("INSERT INTO note (id) VALUES (1)");
                assertThatThrownBy(() -> statement.execute("INSERT INTO note (id) VALUES (1)"))
                        .isInstanceOf(SQLException.class);
                statement.execute("INSERT INTO note (id) VALUES (2)");
            }

            assertThat(ids()).containsExactly(1L, 2L);
        }

        @Test
        void commitsAndRollsBackItsOwn(DataSource dataSource) throws SQLException {
            try (Connection connection = dataSource.getConnection();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute("INSERT INTO note (id) VALUES (1)");
                connection.commit();
                statement.execute("INSERT INTO note (id) VALUES (2)");
                connection.rollback();
                statement.execute("INSERT INTO note (id) VALUES (3)");
            }

            assertThat(ids()).containsExactly(1L);
        }

        @Test
        void onAnotherThreadIsRefusedWithTheWayOut(DataSource dataSource) {
            CompletableFuture<Connection> elsewhere = CompletableFuture.supplyAsync(() -> {
                try {
                    return dataSource.getConnection();
                } catch (SQLException e) {
                    throw new IllegalStateException(e.getMessage(), e);
                }
            });

            assertThatThrownBy(elsewhere::join)
                    .hasStackTraceContaining("is not in the transaction that will be rolled back")
                    .hasStackTraceContaining("CLONE_PER_METHOD");
        }
    }

    @Nested
    class AStatementLog {

        @Test
        void showsWhatTheUnitOfWorkSentAndNotTheSavepointsAroundIt(StatementLog log) {
            Statements statements = log.during(() -> add(1));

            statements.assertCount(1);
            assertThat(statements.commits()).isOne();
        }
    }

    private static String show(Connection connection, String setting) throws SQLException {
        try (Statement statement = connection.createStatement();
                var row = statement.executeQuery("SHOW " + setting)) {
            row.next();
            return row.getString(1);
        }
    }
}
