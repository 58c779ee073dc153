package io.hexai.jpa.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.testing.ManualClock;
import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.testing.TestPostgres;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest extends AccountTests {

    @ParameterizedTest
    @EnumSource
    void runsUnderTheIsolationThatWasAskedForAndLeavesNoTraceOfIt(IsolationLevel level) {
        String running = unitOfWork.with(o -> o.withIsolation(level)).call(em -> show(em, "transaction_isolation"));
        String after = unitOfWork.call(em -> show(em, "transaction_isolation"));

        assertThat(IsolationLevel.ofSql(running)).isEqualTo(level);
        assertThat(after).isEqualTo("read committed");
    }

    @Test
    void acceptsLimitsThatAreLongerThanTheServerCanCount() {
        String lockTimeout = unitOfWork
                .with(o -> o.withTimeout(Duration.ofDays(365)).withLockTimeout(Duration.ofSeconds(Long.MAX_VALUE)))
                .call(em -> show(em, "lock_timeout"));

        assertThat(lockTimeout).isEqualTo("2147483647ms");
    }

    @Test
    void keepsTheOuterIsolationWhenAJoinedScopeSendsTheFirstStatement() {
        String running = unitOfWork
                .with(o -> o.withIsolation(IsolationLevel.SERIALIZABLE))
                .call(() -> unitOfWork.call(em -> show(em, "transaction_isolation")));

        assertThat(running).isEqualTo("serializable");
    }

    @Test
    void flushesNothingAndLetsTheServerRefuseWritesWhenReadOnly() {
        insert("a", 1);
        unitOfWork.with(o -> o.withReadOnly(true)).run(em -> {
            em.find(Account.class, "a").balance = 5;
            em.persist(new Account("b", 1));
        });

        assertThatThrownBy(() -> unitOfWork
                        .with(o -> o.withReadOnly(true))
                        .run(em -> em.createNativeQuery("UPDATE account SET balance = 7")
                                .executeUpdate()))
                .isInstanceOf(PersistenceException.class)
                .hasStackTraceContaining("read-only transaction");

        assertThat(database.select("SELECT balance FROM account")).containsExactly(1L);
    }

    @Test
    void givesUpWaitingForALockAfterTheLockTimeout() throws Exception {
        insert("a", 1);
        try (Connection other = TestPostgres.connect(database.jdbcUrl());
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("SELECT 1 FROM account FOR UPDATE");

            assertThatThrownBy(() -> unitOfWork
                            .with(o -> o.withLockTimeout(Duration.ofMillis(50)))
                            .run(em -> {
                                em.find(Account.class, "a").balance = 2;
                            }))
                    .satisfies(e -> assertThat(TransientFailures.isTransient(e)).isTrue());
            other.rollback();
        }
        String after = unitOfWork.call(em -> show(em, "lock_timeout"));
        assertThat(after).isEqualTo("0");
    }

    @Test
    void endsAStatementThatRunsPastTheTimeout() {
        assertThatThrownBy(() -> unitOfWork
                        .with(o -> o.withTimeout(Duration.ofMillis(200)))
                        .run(em -> em.createNativeQuery("SELECT 1 FROM pg_sleep(30)")
                                .getResultList()))
                .isInstanceOf(TransactionTimeoutException.class)
                .cause()
                .isInstanceOfSatisfying(
                        SQLException.class,
                        cause -> assertThat(cause.getSQLState()).isIn("57014", "25P04"));

        String after = unitOfWork.call(em -> show(em, "statement_timeout"));
        assertThat(after).isEqualTo("0");
    }

    @Test
    void leavesAStatementThatIsCancelledInTimeToJpa() {
        assertThatThrownBy(() -> unitOfWork
                        .with(o -> o.withTimeout(Duration.ofMinutes(1)))
                        .run(em -> {
                            em.createNativeQuery("SET LOCAL statement_timeout = 20")
                                    .executeUpdate();
                            em.createNativeQuery("SELECT 1 FROM pg_sleep(30)").getResultList();
                        }))
                .isInstanceOf(PersistenceException.class)
                .hasRootCauseInstanceOf(SQLException.class)
                .rootCause()
                .hasFieldOrPropertyWithValue("SQLState", "57014");
    }

    @Test
    void doesNotCommitPastTheTimeout() {
        ManualClock clock = new ManualClock();
        UnitOfWork timed = UnitOfWork.builder(database.factory()).clock(clock).build();

        assertThatThrownBy(() -> timed.with(
                                o -> o.withTimeout(Duration.ofSeconds(10)).withName("slow"))
                        .run(em -> {
                            em.persist(new Account("a", 1));
                            em.flush();
                            clock.advance(Duration.ofSeconds(11));
                        }))
                .isInstanceOf(TransactionTimeoutException.class)
                .hasMessageContaining("'slow'");

        assertThat(database.select("SELECT id FROM account")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void givesConnectionsBackAsTheyWereWhateverThePoolsAutoCommit(boolean autoCommit) throws Exception {
        try (var pool = TestFactory.pool(database.jdbcUrl(), 1)) {
            pool.setAutoCommit(autoCommit);
            try (var factory = new HibernatePersistenceConfiguration("foreign")
                    .managedClasses(Account.class)
                    .property("jakarta.persistence.nonJtaDataSource", pool)
                    .createEntityManagerFactory()) {
                UnitOfWork foreign = UnitOfWork.of(factory);
                foreign.run(() -> assertThat(pool.getHikariPoolMXBean())
                        .matches(state -> state == null || state.getActiveConnections() == 0));
                foreign.with(o -> o.withIsolation(IsolationLevel.SERIALIZABLE))
                        .run(em -> em.persist(new Account("a" + autoCommit, 1)));
                assertThatThrownBy(() -> foreign.run(em -> {
                            em.persist(new Account("b", 1));
                            em.flush();
                            throw new IllegalStateException();
                        }))
                        .isInstanceOf(IllegalStateException.class);
                try (Connection connection = pool.getConnection()) {
                    assertThat(connection.getAutoCommit()).isEqualTo(autoCommit);
                    assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
                    assertThat(connection.isReadOnly()).isFalse();
                }
            }
        }
        assertThat(database.select("SELECT id FROM account")).containsExactly("a" + autoCommit);
    }

    @Nested
    class Values {

        @Test
        void refuseWhatMakesNoSense() {
            TransactionOptions options = TransactionOptions.defaults();

            assertThatThrownBy(() -> options.withTimeout(Duration.ZERO)).hasMessageContaining("timeout");
            assertThatThrownBy(() -> options.withLockTimeout(Duration.ofMillis(-1)))
                    .hasMessageContaining("lockTimeout");
            assertThatThrownBy(() -> options.withName(" ")).hasMessageContaining("blank");
            assertThatThrownBy(() -> RetryPolicy.attempts(0)).hasMessageContaining("0");
            assertThatThrownBy(() -> RetryPolicy.none().withBackoff(Duration.ofSeconds(2), Duration.ofSeconds(1)))
                    .hasMessageContaining("PT2S");
        }

        @Test
        void sayThatOptimisticMeansFourAttempts() {
            assertThat(TransactionOptions.optimistic().mode()).isEqualTo(TransactionMode.OPTIMISTIC);
            assertThat(TransactionOptions.optimistic().retry().maxAttempts()).isEqualTo(4);
        }
    }

    private static String show(EntityManager em, String setting) {
        return (String) em.createNativeQuery("SHOW " + setting, String.class).getSingleResult();
    }
}
