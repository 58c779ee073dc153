package io.hexai.jpa.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.transaction.IsolationLevel;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.TransactionOptions;
import io.hexai.jpa.transaction.UnitOfWork;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;
import org.postgresql.PGConnection;

@PostgresTest(entities = Note.class, isolation = TestIsolation.TRUNCATE)
class StatementLogTest {

    private final StatementLog log;

    StatementLogTest(StatementLog log) {
        this.log = log;
    }

    @Nested
    class OfAUnitOfWork {

        private final UnitOfWork unitOfWork;

        OfAUnitOfWork(UnitOfWork unitOfWork) {
            this.unitOfWork = unitOfWork;
        }

        @Test
        void countsABatchOnceAndTheCommit() {
            Statements statements = log.during(() -> unitOfWork.run(em -> {
                em.persist(new Note(1, "a"));
                em.persist(new Note(2, "b"));
            }));

            statements.assertCount(1).startingWith("INSERT").assertCount(1);
            assertThat(statements.list().get(0).batchSize()).isEqualTo(2);
            assertThat(statements.commits()).isOne();
            assertThat(statements.rollbacks()).isZero();
        }

        @Test
        void showsThatAScopeWithoutSqlSendsNothing() {
            Statements statements = log.during(() -> unitOfWork.run(() -> {}));

            statements.assertNone();
            assertThat(statements.commits()).isZero();
        }

        @Test
        void showsStatementsWithoutWhatTheUnitOfWorkSendsAlongBefore() {
            Statements statements = log.during(() -> unitOfWork
                    .with(o -> o.withIsolation(IsolationLevel.REPEATABLE_READ).withLockTimeout(Duration.ofSeconds(1)))
                    .run(em -> {
                        em.createNativeQuery("SELECT 1").getSingleResult();
                        for (int i = 2; i < 5; i++) {
                            String sql = "SELECT " + i;
                            unitOfWork
                                    .with(Propagation.NESTED)
                                    .run(() -> em.createNativeQuery(sql).getSingleResult());
                        }
                    }));

            assertThat(statements.sql()).containsExactly("SELECT 1", "SELECT 2", "SELECT 3", "SELECT 4");
        }

        @Test
        void showsReadsOfAnOptimisticScopeAsTheyAre() {
            Statements statements = log.during(() -> unitOfWork
                    .with(TransactionOptions.optimistic())
                    .run(em -> em.createNativeQuery("SELECT 1").getSingleResult()));

            assertThat(statements.sql()).containsExactly("SELECT 1");
        }

        @Test
        void letsAFailureOutAndListensNoLonger() {
            assertThatThrownBy(() -> log.during(() -> unitOfWork.run(em -> {
                        em.persist(new Note(1, "a"));
                        em.flush();
                        throw new IllegalStateException("no");
                    })))
                    .hasMessage("no");

            log.during(() -> {}).assertNone();
        }
    }

    @Nested
    class OfPlainJdbc {

        private final Connection connection;

        OfPlainJdbc(Connection connection) {
            this.connection = connection;
        }

        @Test
        void listsEveryWayToExecute() throws SQLException {
            Statements statements = log.during(() -> {
                connection.setAutoCommit(false);
                try (Statement statement = connection.createStatement()) {
                    statement.execute("SELECT 1");
                    statement.executeQuery("/* a comment */ SELECT 2");
                    statement.executeUpdate("DELETE FROM note");
                    statement.addBatch("INSERT INTO note (id) VALUES (1)");
                    statement.addBatch("INSERT INTO note (id) VALUES (2)");
                    statement.executeBatch();
                }
                try (PreparedStatement statement = connection.prepareStatement("UPDATE note SET id = id + ?")) {
                    statement.setInt(1, 5);
                    statement.executeUpdate();
                }
                connection.rollback();
            });

            assertThat(statements.sql())
                    .containsExactly(
                            "SELECT 1",
                            "/* a comment */ SELECT 2",
                            "DELETE FROM note",
                            "INSERT INTO note (id) VALUES (1); INSERT INTO note (id) VALUES (2)",
                            "UPDATE note SET id = id + ?");
            assertThat(statements.startingWith("select").count()).isEqualTo(2);
            assertThat(statements.containing("NOTE").count()).isEqualTo(3);
            assertThat(statements.rollbacks()).isOne();
        }

        @Test
        void leavesTheDriversOwnInterfacesWithinReach() throws SQLException {
            assertThat(connection.unwrap(PGConnection.class).getBackendPID()).isPositive();
            assertThat(connection.isWrapperFor(PGConnection.class)).isTrue();
            try (Statement statement = connection.createStatement()) {
                assertThat(statement.getConnection().getCatalog()).isEqualTo(connection.getCatalog());
            }
        }

        @Test
        void passesOverOtherThreadsUnlessAskedForThem() throws SQLException {
            Statements own = log.during(this::selectOnAnotherThread);
            Statements all = log.ofAllThreads().during(this::selectOnAnotherThread);

            own.assertNone();
            all.assertCount(1);
        }

        private void selectOnAnotherThread() {
            CompletableFuture.runAsync(() -> {
                        try (Statement statement = connection.createStatement()) {
                            statement.execute("SELECT 1");
                        } catch (SQLException e) {
                            throw new IllegalStateException(e);
                        }
                    })
                    .join();
        }

        @Test
        void failsWithTheListWhenTheCountIsAnother() {
            Statements statements = log.during(() -> {
                try (Statement statement = connection.createStatement()) {
                    statement.execute("SELECT 42");
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });

            statements.assertAtMost(1);
            assertThatThrownBy(() -> statements.assertCount(2))
                    .isInstanceOf(AssertionFailedError.class)
                    .hasMessageContaining("Expected 2 statements but there were 1:\n  SELECT 42");
            assertThatThrownBy(() -> statements.assertAtMost(0)).isInstanceOf(AssertionFailedError.class);
        }
    }
}
