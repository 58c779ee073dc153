package io.hexai.jpa.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.transaction.IsolationLevel;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.RetryPolicy;
import io.hexai.jpa.transaction.UnexpectedRollbackException;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

@PostgresTest(entities = Note.class, isolation = TestIsolation.TRUNCATE)
class FaultsTest {

    private final Faults faults;
    private final UnitOfWork unitOfWork;
    private final DataSource dataSource;

    FaultsTest(Faults faults, UnitOfWork unitOfWork, DataSource dataSource) {
        this.faults = faults;
        this.unitOfWork = unitOfWork;
        this.dataSource = dataSource;
    }

    @AfterEach
    void everyConnectionIsBackInThePool() throws SQLException {
        assertThat(dataSource
                        .unwrap(HikariDataSource.class)
                        .getHikariPoolMXBean()
                        .getActiveConnections())
                .isZero();
    }

    private void add(long id) {
        unitOfWork.run(em -> em.persist(new Note(id, "note")));
    }

    private List<Long> ids() {
        return unitOfWork.call(em ->
                em.createQuery("select id from Note order by id", Long.class).getResultList());
    }

    @Nested
    class AStatement {

        @Test
        void failsWithTheChosenStateWhenItsTurnComes() {
            faults.atStatement(2).fail("40001");

            assertThatThrownBy(() -> unitOfWork.run(em -> {
                        em.createNativeQuery("SELECT 1").getResultList();
                        em.createNativeQuery("SELECT 2").getResultList();
                    }))
                    .hasRootCauseInstanceOf(SQLException.class)
                    .rootCause()
                    .extracting(cause -> ((SQLException) cause).getSQLState())
                    .isEqualTo("40001");
            assertThat(faults.pending()).isZero();
        }

        @Test
        void isChosenByItsText() {
            faults.atStatementContaining("INSERT INTO note").fail("23505");
            unitOfWork.run(em -> em.createNativeQuery("SELECT 1").getResultList());

            assertThatThrownBy(() -> add(1)).isInstanceOf(PersistenceException.class);
            assertThat(ids()).isEmpty();
        }

        @Test
        void isUndoneWithItsNestedScopeAndNothingElse() {
            faults.atStatementMatching(statement -> statement.sql().startsWith("INSERT INTO note VALUES (3)"))
                    .fail("23505");

            unitOfWork.run(em -> {
                em.persist(new Note(1, "outer"));
                addNested(2);
                assertThatThrownBy(() -> addNested(3)).isInstanceOf(PersistenceException.class);
                addNested(4);
            });

            assertThat(ids()).containsExactly(1L, 2L, 4L);
            assertThat(faults.pending()).isZero();
        }

        private void addNested(long id) {
            unitOfWork
                    .with(Propagation.NESTED)
                    .run(em -> em.createNativeQuery("INSERT INTO note VALUES (" + id + ")")
                            .executeUpdate());
        }

        @Test
        void isTheFirstOfATransactionWithOptions() {
            faults.atStatementMatching(statement -> statement.sql().equals("SELECT 1"))
                    .fail("40001");

            Object one = unitOfWork
                    .with(o -> o.withIsolation(IsolationLevel.SERIALIZABLE)
                            .withLockTimeout(Duration.ofSeconds(1))
                            .withRetry(RetryPolicy.attempts(2)))
                    .call(em -> em.createNativeQuery("SELECT 1").getSingleResult());

            assertThat(one).isEqualTo(1);
            assertThat(faults.pending()).isZero();
        }

        @Test
        void doomsTheTransactionEvenIfItsFailureIsSwallowed() {
            faults.atStatement(1).fail("22012");

            assertThatThrownBy(() -> unitOfWork.run(em -> {
                        try {
                            em.createNativeQuery("SELECT 1").getResultList();
                        } catch (PersistenceException e) {
                            // Swallowed, which the unit of work does not let pass.
                        }
                    }))
                    .isInstanceOf(UnexpectedRollbackException.class);
        }

        @Test
        void isRetriedByAUnitOfWorkThatRetries() {
            faults.atStatement(1).fail("40P01");
            faults.atStatement(2).fail("55P03");

            unitOfWork
                    .with(o -> o.withRetry(
                            RetryPolicy.attempts(3).withBackoff(Duration.ofMillis(1), Duration.ofMillis(1))))
                    .run(em -> em.persist(new Note(1, "note")));

            assertThat(ids()).containsExactly(1L);
            assertThat(faults.pending()).isZero();
        }

        @Test
        void losesItsConnection() {
            faults.atStatement(1).loseConnection();

            assertThatThrownBy(() -> add(1)).isInstanceOf(PersistenceException.class);
            assertThat(ids()).isEmpty();
        }

        @Test
        void losesItsConnectionAfterItWasExecuted() throws SQLException {
            faults.atStatementContaining("INSERT").loseConnectionAfterwards();

            try (Connection connection = dataSource.getConnection();
                    Statement statement = connection.createStatement()) {
                assertThatThrownBy(() -> statement.execute("INSERT INTO note (id) VALUES (1)"))
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                failure -> assertThat(failure.getSQLState()).isEqualTo("08006"));
            }

            assertThat(ids()).containsExactly(1L);
        }
    }

    @Nested
    class ACommit {

        @Test
        void failsAndRollsBack() {
            faults.atCommit().fail("40001");

            assertThatThrownBy(() -> add(1)).isInstanceOf(PersistenceException.class);
            assertThat(ids()).isEmpty();
        }

        @Test
        void losesItsConnectionWithoutReachingTheServer() {
            faults.atCommit().loseConnection();

            assertThatThrownBy(() -> add(1)).isInstanceOf(RuntimeException.class);
            assertThat(ids()).isEmpty();
        }

        @Test
        void reachesTheServerAndLosesTheAnswer() throws SQLException {
            faults.atCommit().loseConnectionAfterwards();

            try (Connection connection = dataSource.getConnection();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute("INSERT INTO note (id) VALUES (1)");
                assertThatThrownBy(connection::commit)
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                failure -> assertThat(failure.getSQLState()).isEqualTo("08006"));
            }

            assertThat(ids()).containsExactly(1L);
        }

        @Test
        void whoseAnswerIsLostIsResolvedByAUnitOfWorkThatAsks(EntityManagerFactory factory) {
            UnitOfWork asking =
                    UnitOfWork.builder(factory).resolveUnknownCommit().build();
            faults.atCommit().loseConnectionAfterwards();

            asking.run(em -> em.persist(new Note(1, "note")));

            assertThat(ids()).containsExactly(1L);
            assertThat(faults.pending()).isZero();
        }
    }

    @Nested
    class Threads {

        @Test
        void otherThanTheTestsAreSparedUnlessMeant() {
            faults.atCommit().fail("40001");
            CompletableFuture.runAsync(() -> add(1)).join();
            assertThat(faults.pending()).isOne();

            faults.clear();
            faults.ofAllThreads().atCommit().fail("40001");
            assertThatThrownBy(() -> CompletableFuture.runAsync(() -> add(2)).join())
                    .hasCauseInstanceOf(PersistenceException.class);
            assertThat(ids()).containsExactly(1L);
        }
    }

    @Nested
    @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
    class WhatDidNotStrike {

        @Test
        @Order(1)
        void staysPendingInItsTest() {
            faults.atStatement(1_000).fail("40001");

            assertThat(faults.pending()).isOne();
        }

        @Test
        @Order(2)
        void isGoneInTheNext() {
            assertThat(faults.pending()).isZero();
        }
    }

    @Nested
    class Misuse {

        @Test
        void isRefused() {
            assertThatThrownBy(() -> faults.atStatement(0)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> faults.atCommit().fail("00000")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> faults.atCommit().fail("'; --")).isInstanceOf(IllegalArgumentException.class);
            assertThat(faults.pending()).isZero();
        }
    }
}
