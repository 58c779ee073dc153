package io.hexai.jpa.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.testing.TestFactory;
import jakarta.persistence.EntityManager;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.stream.Stream;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.jdbc.Work;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.core.BaseConnection;

/**
 * A savepoint travels with the first statement of its nested scope. Whatever way that statement takes, what the scope did is undone
 * when it fails, and nothing else is.
 */
class SavepointTravelTest extends AccountTests {

    static final String WRITE = "INSERT INTO account (id, version, balance) VALUES ('inside', 0, 1)";

    UnitOfWork nested() {
        return unitOfWork.with(Propagation.NESTED);
    }

    static void jdbc(EntityManager em, Work work) {
        em.unwrap(Session.class).doWork(work);
    }

    void assertUndone(PlainAction<SQLException> inside) throws SQLException {
        assertThatThrownBy(() -> nested().run(() -> {
                    inside.run();
                    throw new IllegalStateException("enough");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("enough")
                .hasNoSuppressedExceptions();
    }

    /** After what the test did, the outer work is committed, and of the nested nothing is there. */
    void assertOnlyOuterCommitted(Action<SQLException> nestedWork) throws SQLException {
        unitOfWork.run(em -> {
            em.persist(new Account("outer", 1));
            em.flush();
            nestedWork.accept(em);
            nested().run(() -> em.createNativeQuery("UPDATE account SET balance = balance + 1 WHERE id = 'outer'")
                    .executeUpdate());
        });

        assertThat(database.select("SELECT id || balance FROM account")).containsExactly("outer2");
    }

    static HikariDataSource poolWith(String property, String value) {
        HikariDataSource pool = TestFactory.pool(database.jdbcUrl(), 1);
        pool.addDataSourceProperty(property, value);
        return pool;
    }

    static SessionFactory factoryOver(HikariDataSource pool) {
        return new HibernatePersistenceConfiguration("driver")
                .managedClasses(Account.class)
                .property(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, pool)
                .createEntityManagerFactory();
    }

    @Nested
    class IsThereInTimeFor {

        @Test
        void aStatementThatWasPreparedBefore() throws SQLException {
            assertOnlyOuterCommitted(em -> jdbc(em, connection -> {
                try (PreparedStatement prepared = connection.prepareStatement(WRITE)) {
                    assertUndone(prepared::executeUpdate);
                }
            }));
        }

        @Test
        void oneOfSeveralStatementsThatWerePreparedBefore() throws SQLException {
            assertOnlyOuterCommitted(em -> jdbc(em, connection -> {
                try (PreparedStatement first = connection.prepareStatement(WRITE);
                        PreparedStatement second = connection.prepareStatement("SELECT 1")) {
                    second.executeQuery();
                    connection.prepareStatement("SELECT 2").close();
                    assertUndone(first::executeUpdate);
                }
            }));
        }

        @Test
        void aStatementThatWasExecutedBefore() throws SQLException {
            assertOnlyOuterCommitted(em -> jdbc(em, connection -> {
                try (PreparedStatement prepared =
                        connection.prepareStatement("INSERT INTO account (id, version, balance) VALUES (?, 0, 1)")) {
                    prepared.setString(1, "before");
                    prepared.executeUpdate();
                    em.createNativeQuery("DELETE FROM account WHERE id = 'before'")
                            .executeUpdate();
                    assertUndone(() -> {
                        prepared.setString(1, "inside");
                        prepared.executeUpdate();
                    });
                }
            }));
        }

        @Test
        void aStatementThatIsUsedInOneScopeAfterTheOther() throws SQLException {
            assertOnlyOuterCommitted(em -> jdbc(em, connection -> {
                PreparedStatement[] kept = new PreparedStatement[1];
                nested().run(() -> {
                    kept[0] =
                            connection.prepareStatement("UPDATE account SET balance = balance + ? WHERE id = 'outer'");
                    kept[0].setInt(1, 0);
                    kept[0].executeUpdate();
                });
                assertUndone(() -> {
                    kept[0].setInt(1, 10);
                    kept[0].executeUpdate();
                });
                kept[0].close();
            }));
        }

        @Test
        void aPlainStatementThatWasMadeBefore() throws SQLException {
            assertOnlyOuterCommitted(em -> jdbc(em, connection -> {
                try (Statement statement = connection.createStatement()) {
                    assertUndone(() -> statement.execute(WRITE));
                }
            }));
        }

        @Test
        void aBatchOfAPlainStatement() throws SQLException {
            assertOnlyOuterCommitted(em -> jdbc(em, connection -> {
                try (Statement statement = connection.createStatement()) {
                    statement.addBatch(WRITE);
                    assertUndone(statement::executeBatch);
                }
            }));
        }

        @Test
        void aBatch() throws SQLException {
            assertOnlyOuterCommitted(em -> jdbc(
                    em,
                    connection -> assertUndone(() -> {
                        try (PreparedStatement prepared = connection.prepareStatement(WRITE)) {
                            prepared.addBatch();
                            prepared.executeBatch();
                        }
                    })));
        }

        @Test
        void aStatementWithGeneratedKeys() throws SQLException {
            assertOnlyOuterCommitted(em -> jdbc(
                    em,
                    connection -> assertUndone(() -> {
                        try (PreparedStatement prepared =
                                connection.prepareStatement(WRITE, Statement.RETURN_GENERATED_KEYS)) {
                            prepared.executeUpdate();
                        }
                    })));
        }

        @Test
        void aCall() throws SQLException {
            assertOnlyOuterCommitted(em -> jdbc(em, connection -> {
                try (CallableStatement call =
                        connection.prepareCall("{call pg_catalog.set_config('hexai.test', 'inside', true)}")) {
                    assertUndone(call::execute);
                    assertThat(em.createNativeQuery("SELECT current_setting('hexai.test', true)", String.class)
                                    .getSingleResult())
                            .isNotEqualTo("inside");
                }
            }));
        }

        @Test
        void theDriversOwnConnection() throws SQLException {
            assertOnlyOuterCommitted(em -> jdbc(em, connection -> {
                Connection driver = (Connection) connection.unwrap(BaseConnection.class);
                assertUndone(() -> {
                    try (Statement statement = driver.createStatement()) {
                        statement.execute(WRITE);
                    }
                });
            }));
        }

        @Test
        void severalStatementsInOneText() throws SQLException {
            assertOnlyOuterCommitted(em -> jdbc(
                    em,
                    connection -> assertUndone(() -> {
                        try (PreparedStatement prepared = connection.prepareStatement(WRITE + "; SELECT 1")) {
                            assertThat(prepared.execute()).isFalse();
                            assertThat(prepared.getUpdateCount()).isEqualTo(1);
                            assertThat(prepared.getMoreResults()).isTrue();
                        }
                    })));
        }

        @Test
        void aQueryByCursor() throws SQLException {
            assertOnlyOuterCommitted(em -> assertUndone(() -> {
                try (Stream<Integer> numbers = em.unwrap(Session.class)
                        .createNativeQuery("SELECT n FROM generate_series(1, 10) n", Integer.class)
                        .setFetchSize(2)
                        .getResultStream()) {
                    Iterator<Integer> each = numbers.iterator();
                    assertThat(each.next()).isEqualTo(1);
                    em.createNativeQuery(WRITE).executeUpdate();
                    assertThat(each.next()).isEqualTo(2);
                    assertThat(each.next()).isEqualTo(3);
                }
            }));
        }

        @Test
        void aTransactionWithATimeout() throws SQLException {
            unitOfWork
                    .with(options -> options.withTimeout(Duration.ofMinutes(1)))
                    .run(em -> {
                        em.persist(new Account("outer", 1));
                        assertUndone(() -> em.createNativeQuery(WRITE).executeUpdate());
                    });

            assertThat(database.select("SELECT id FROM account")).containsExactly("outer");
        }

        @Test
        void theInnermostOfTwo() throws SQLException {
            assertOnlyOuterCommitted(em -> nested().run(() -> {
                assertUndone(() -> em.createNativeQuery(WRITE).executeUpdate());
                assertUndone(
                        () -> nested().run(() -> em.createNativeQuery(WRITE).executeUpdate()));
            }));
        }

        @Test
        void aQueryByTheDriversDefaultCursor() throws SQLException {
            try (HikariDataSource pool = poolWith("defaultRowFetchSize", "1");
                    SessionFactory factory = factoryOver(pool)) {
                unitOfWork = UnitOfWork.of(factory);
                unitOfWork
                        .with(options -> options.withLockTimeout(Duration.ofSeconds(30)))
                        .run(em -> {
                            assertThat(em.unwrap(Session.class)
                                            .createNativeQuery("SELECT generate_series(1, 3)", Integer.class)
                                            .getResultList())
                                    .hasSize(3);
                            assertUndone(() -> {
                                assertThat(em.unwrap(Session.class)
                                                .createNativeQuery("SELECT generate_series(1, 4)", Integer.class)
                                                .getResultList())
                                        .hasSize(4);
                                em.createNativeQuery(WRITE).executeUpdate();
                            });
                        });
                unitOfWork = UnitOfWork.of(database.factory());
            }
        }

        @Test
        void hibernatesOwnBatches() throws SQLException {
            try (TestFactory batching =
                    TestFactory.of(Map.of(AvailableSettings.STATEMENT_BATCH_SIZE, 10), Account.class)) {
                unitOfWork = UnitOfWork.of(batching.factory());
                unitOfWork.run(em -> {
                    em.persist(new Account("outer", 1));
                    assertUndone(() -> {
                        em.persist(new Account("inside", 1));
                        em.persist(new Account("inside too", 1));
                        em.flush();
                    });
                });

                assertThat(batching.select("SELECT id FROM account")).containsExactly("outer");
            }
        }
    }

    @Nested
    class AfterAFailureOfTheFirstStatement {

        @Test
        void onTheServerTheWorkAroundGoesOn() throws SQLException {
            assertOnlyOuterCommitted(em -> assertThatThrownBy(() -> nested().run(
                                    () -> em.createNativeQuery("SELECT 1/0").getSingleResult()))
                    .hasStackTraceContaining("division by zero"));
        }

        @Test
        void atASettingOfItsOwnTheWorkAroundGoesOn() throws SQLException {
            assertOnlyOuterCommitted(em -> assertThatThrownBy(() -> nested().run(
                                    () -> em.createNativeQuery("SELECT set_config('TimeZone', 'nowhere', true)")
                                            .getSingleResult()))
                    .hasStackTraceContaining("invalid value for parameter")
                    .hasNoSuppressedExceptions());
        }

        @Test
        void inTheDriverTheWorkAroundGoesOn() throws SQLException {
            assertOnlyOuterCommitted(em -> jdbc(
                    em,
                    connection -> assertThatThrownBy(() -> nested().run(() -> {
                                try (PreparedStatement prepared = connection.prepareStatement("SELECT ?")) {
                                    prepared.executeQuery();
                                }
                            }))
                            .isInstanceOf(SQLException.class)));
        }

        @Test
        void thatTheWorkSwallowedInTheDriverTheScopeCanStillBeUndone() throws SQLException {
            assertOnlyOuterCommitted(em -> jdbc(
                    em,
                    connection -> assertUndone(() -> {
                        try (PreparedStatement prepared = connection.prepareStatement("SELECT ?")) {
                            assertThatThrownBy(prepared::executeQuery).isInstanceOf(SQLException.class);
                        }
                        em.createNativeQuery(WRITE).executeUpdate();
                    })));
        }

        @Test
        void theDriversOwnSavepointsDoNotMatter() throws SQLException {
            try (HikariDataSource pool = poolWith("autosave", "always");
                    SessionFactory factory = factoryOver(pool)) {
                unitOfWork = UnitOfWork.of(factory);
                unitOfWork.run(em -> {
                    em.persist(new Account("outer", 1));
                    em.flush();
                    assertUndone(() -> jdbc(em, connection -> {
                        try (PreparedStatement prepared = connection.prepareStatement("SELECT 1/0")) {
                            assertThatThrownBy(prepared::executeQuery).isInstanceOf(SQLException.class);
                        }
                        em.createNativeQuery(WRITE).executeUpdate();
                    }));
                });
                unitOfWork = UnitOfWork.of(database.factory());
            }

            assertThat(database.select("SELECT id FROM account")).containsExactly("outer");
        }

        @ParameterizedTest
        @CsvSource({"preferQueryMode, simple", "preferQueryMode, extendedForPrepared", "autosave, conservative"})
        void theWorkAroundGoesOnHoweverTheDriverIsSetUp(String property, String value) {
            try (HikariDataSource pool = poolWith(property, value);
                    SessionFactory factory = factoryOver(pool)) {
                unitOfWork = UnitOfWork.of(factory);
                unitOfWork
                        .with(options -> options.withIsolation(IsolationLevel.SERIALIZABLE))
                        .run(em -> {
                            em.persist(new Account("outer", 1));
                            em.flush();
                            assertThatThrownBy(() -> nested().run(() -> em.createNativeQuery("SELECT FROM WHERE")
                                            .getResultList()))
                                    .hasStackTraceContaining("syntax error");
                            nested().run(() -> em.createNativeQuery("UPDATE account SET balance = 2")
                                    .executeUpdate());
                        });
                unitOfWork = UnitOfWork.of(database.factory());
            }

            assertThat(database.select("SELECT id || balance FROM account")).containsExactly("outer2");
        }
    }
}
