package io.hexai.jpa.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.testing.TestPostgres;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** However a unit of work ends, its connection is in the pool afterwards, as it was, and the next unit works. */
class ReturnedConnectionTest extends AccountTests {

    @BeforeAll
    static void createTables() {
        database.execute("CREATE TABLE parent (id int PRIMARY KEY)");
        database.execute("CREATE TABLE child (parent_id int REFERENCES parent DEFERRABLE INITIALLY DEFERRED)");
    }

    /** What the work does, and what leaves the scope; null for nothing. */
    private enum Ending {
        COMMIT(null) {
            @Override
            void work(EntityManager em) {
                em.persist(new Account("b", 1));
            }
        },
        WORK_FAILS(IllegalStateException.class) {
            @Override
            void work(EntityManager em) {
                em.persist(new Account("b", 1));
                em.flush();
                throw new IllegalStateException();
            }
        },
        SWALLOWED_FAILURE(UnexpectedRollbackException.class) {
            @Override
            void work(EntityManager em) {
                Throwable swallowed = catchThrowable(
                        () -> em.createNativeQuery("SELECT 1 / 0").getSingleResult());
                assertThat(swallowed).isInstanceOf(PersistenceException.class);
            }
        },
        DEFERRED_CONSTRAINT(org.hibernate.exception.ConstraintViolationException.class) {
            @Override
            void work(EntityManager em) {
                em.createNativeQuery("INSERT INTO child VALUES (1)").executeUpdate();
            }
        },
        SERIALIZATION_FAILURE_AT_COMMIT(PersistenceException.class) {
            @Override
            void work(EntityManager em) {
                em.createNativeQuery("SELECT sum(balance) FROM account").getSingleResult();
                try (Connection other = TestPostgres.connect(database.jdbcUrl());
                        Statement statement = other.createStatement()) {
                    other.setAutoCommit(false);
                    other.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
                    statement.execute("SELECT sum(balance) FROM account");
                    em.persist(new Account("b", 1));
                    em.flush();
                    statement.execute("INSERT INTO account (id, version, balance) VALUES ('c', 0, 1)");
                    other.commit();
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            }
        },
        ROLLBACK_FAILS(IllegalStateException.class) {
            @Override
            void work(EntityManager em) {
                em.persist(new Account("b", 1));
                em.flush();
                Object pid = em.createNativeQuery("SELECT pg_backend_pid()").getSingleResult();
                Awaitility.await()
                        .until(() -> database.select(
                                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = " + pid)
                                .isEmpty());
                throw new IllegalStateException();
            }
        },
        STATEMENT_TIMES_OUT(PersistenceException.class) {
            @Override
            void work(EntityManager em) {
                em.createNativeQuery("SET LOCAL statement_timeout = '10ms'").executeUpdate();
                em.createNativeQuery("SELECT 1 FROM pg_sleep(60)").getResultList();
            }
        };

        private final Class<? extends Throwable> failure;

        Ending(Class<? extends Throwable> failure) {
            this.failure = failure;
        }

        abstract void work(EntityManager em);
    }

    static Stream<Arguments> endings() {
        return Stream.of(Ending.values())
                .flatMap(ending -> Stream.of(true, false)
                        .flatMap(autoCommit -> Stream.of(TransactionMode.values())
                                .map(mode -> Arguments.of(ending, autoCommit, mode))));
    }

    @ParameterizedTest
    @MethodSource("endings")
    void isAsItWas(Ending ending, boolean autoCommit, TransactionMode mode) throws SQLException {
        List<String> heard = new ArrayList<>();
        try (HikariDataSource pool = TestFactory.pool(database.jdbcUrl(), 1)) {
            pool.setAutoCommit(autoCommit);
            try (EntityManagerFactory factory = factoryOver(pool)) {
                UnitOfWork narrow = UnitOfWork.of(factory);
                String before = describe(pool);

                Throwable thrown = catchThrowable(() -> narrow.with(o -> o.withMode(mode)
                                .withIsolation(IsolationLevel.SERIALIZABLE)
                                .withTimeout(Duration.ofMinutes(5))
                                .withLockTimeout(Duration.ofMinutes(1)))
                        .run(em -> {
                            narrow.current().afterRollback(() -> heard.add("rolled back"));
                            narrow.current().afterCommit(() -> heard.add("committed"));
                            if (mode == TransactionMode.OPTIMISTIC) {
                                em.createQuery("from Account").getResultList();
                                em.flush();
                            }
                            ending.work(em);
                        }));

                assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
                assertThat(describe(pool)).isEqualTo(before);
                if (ending.failure == null) {
                    assertThat(thrown).isNull();
                    assertThat(heard).containsExactly("committed");
                } else {
                    assertThat(thrown).isInstanceOf(ending.failure);
                    assertThat(heard).containsExactly("rolled back");
                }
                narrow.run(em -> em.persist(new Account("next", 1)));
            }
        }
        assertThat(database.select("SELECT id FROM account WHERE id IN ('b', 'next') ORDER BY id"))
                .isEqualTo(ending.failure == null ? List.of("b", "next") : List.of("next"));
    }

    @Test
    void isNotTakenWhenThePoolIsExhausted() throws SQLException {
        List<String> heard = new ArrayList<>();
        try (HikariDataSource pool = TestFactory.pool(database.jdbcUrl(), 1)) {
            pool.setConnectionTimeout(250);
            try (EntityManagerFactory factory = factoryOver(pool)) {
                UnitOfWork narrow = UnitOfWork.of(factory);
                Throwable thrown;
                try (Connection taken = pool.getConnection()) {
                    assertThat(taken.isValid(10)).isTrue();
                    thrown = catchThrowable(() -> narrow.run(em -> {
                        narrow.current().afterRollback(() -> heard.add("rolled back"));
                        em.persist(new Account("b", 1));
                    }));
                }

                assertThat(thrown)
                        .isInstanceOf(PersistenceException.class)
                        .hasStackTraceContaining("Connection is not available");
                assertThat(heard).containsExactly("rolled back");
                assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
                narrow.run(em -> em.persist(new Account("next", 1)));
            }
        }
        assertThat(database.select("SELECT id FROM account")).containsExactly("next");
    }

    private static EntityManagerFactory factoryOver(HikariDataSource pool) {
        return new HibernatePersistenceConfiguration("narrow")
                .managedClasses(Account.class)
                .property("jakarta.persistence.nonJtaDataSource", pool)
                .createEntityManagerFactory();
    }

    /** What the next borrower finds: the driver's flags, and every setting that was made in the session. */
    private static String describe(HikariDataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT string_agg(name || '=' || setting, ', ' ORDER BY name)"
                        + " FROM pg_settings WHERE source = 'session'"
                        + " OR name LIKE '%transaction\\_%' OR name IN ('statement_timeout', 'lock_timeout')")) {
            row.next();
            String settings = row.getString(1);
            if (!connection.getAutoCommit()) {
                connection.rollback();
            }
            return connection.getAutoCommit() + " " + connection.isReadOnly() + " "
                    + connection.getTransactionIsolation() + " " + settings;
        }
    }
}
