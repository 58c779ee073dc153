package io.hexai.jpa.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.testing.ManualClock;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class TimeoutTest extends AccountTests {

    final ManualClock clock = new ManualClock();
    final List<String> seen = new ArrayList<>();

    @Test
    void isOneForAllAttemptsAndTheWaitingBetween() {
        UnitOfWork timed = UnitOfWork.builder(database.factory())
                .clock(clock)
                .sleeper(delay -> clock.advance(Duration.ofSeconds(1)))
                .build()
                .with(o -> o.withTimeout(Duration.ofSeconds(10))
                        .withRetry(RetryPolicy.attempts(100)
                                .withBackoff(Duration.ZERO, Duration.ZERO)
                                .withRetryOn(IllegalStateException.class::isInstance)));

        assertThatThrownBy(() -> timed.run(em -> {
                    seen.add(show(em, "statement_timeout"));
                    clock.advance(Duration.ofSeconds(3));
                    throw new IllegalStateException();
                }))
                .isInstanceOf(IllegalStateException.class);

        assertThat(seen).containsExactly("10s", "6s", "2s");
    }

    @Test
    void endsBeforeTheNextStatementWhenItIsOver() {
        assertThatThrownBy(() -> timed(database.factory()).run(em -> {
                    em.persist(new Account("a", 1));
                    em.flush();
                    clock.advance(Duration.ofSeconds(11));
                    em.createQuery("from Account").getResultList();
                }))
                .hasStackTraceContaining("did not end within its timeout");

        assertThat(database.select("SELECT id FROM account")).isEmpty();
    }

    @Test
    void endsBeforeTheNextReadOutsideTheTransaction() {
        assertThatThrownBy(() -> timed(database.factory())
                        .with(o -> o.withMode(TransactionMode.OPTIMISTIC))
                        .run(em -> {
                            em.find(Account.class, "a");
                            clock.advance(Duration.ofSeconds(11));
                            em.find(Account.class, "b");
                        }))
                .isInstanceOf(TransactionTimeoutException.class);
    }

    @Test
    void isKeptAcrossStatementsOnEveryServer() {
        assertThatThrownBy(() -> unitOfWork
                        .with(o -> o.withTimeout(Duration.ofMillis(300)))
                        .run(em -> sleepManyTimes(em)))
                .isInstanceOf(TransactionTimeoutException.class);

        assertThat(seen).hasSizeLessThan(10);
    }

    /** The library's clock stands still, so that only the server can know; it can do so from PostgreSQL 17 on. */
    @Nested
    class KeptByTheServer {

        final UnitOfWork shortly = timed(database.factory()).with(o -> o.withTimeout(Duration.ofMillis(300)));

        @Test
        void endsTheSessionWithinAStatement() {
            expectTimeout(() -> shortly.run(em -> sleepManyTimes(em)));

            assertThat(seen).hasSizeLessThan(serverEndsSessions() ? 10 : 12);
        }

        @Test
        void endsTheSessionBetweenStatements() {
            expectTimeout(() -> shortly.run(em -> {
                sleep(em, 0);
                database.execute("SELECT pg_sleep(0.5)");
                sleep(em, 0);
            }));
        }

        @Test
        void endsTheSessionBeforeTheCommit() {
            expectTimeout(() -> shortly.run(em -> {
                em.persist(new Account("a", 1));
                em.flush();
                database.execute("SELECT pg_sleep(0.5)");
            }));

            assertThat(database.select("SELECT id FROM account")).hasSize(serverEndsSessions() ? 0 : 1);
        }

        @Test
        void endsTheSessionWithinABatch() {
            expectTimeout(() -> shortly.run(em -> {
                em.persist(new Account("a", 1));
                em.persist(new Account("b", 1));
                sleep(em, 0);
                database.execute("SELECT pg_sleep(0.5)");
                em.flush();
            }));
        }

        @Test
        void endsTheSessionBeforeANestedScope() {
            expectTimeout(() -> shortly.run(em -> {
                sleep(em, 0);
                database.execute("SELECT pg_sleep(0.5)");
                shortly.with(Propagation.NESTED).run(() -> {});
            }));
        }

        @Test
        void endsTheSessionBeforeTheEndOfANestedScope() {
            expectTimeout(() -> shortly.run(em -> {
                sleep(em, 0);
                shortly.with(Propagation.NESTED).run(() -> database.execute("SELECT pg_sleep(0.5)"));
            }));
        }

        @AfterEach
        void leavesNoSettingBehind() {
            unitOfWork.run(em -> assertThat(show(em, "transaction_timeout")).isIn("0", null));
        }

        private void expectTimeout(ThrowingCallable work) {
            if (serverEndsSessions()) {
                assertThatThrownBy(work)
                        .isInstanceOf(TransactionTimeoutException.class)
                        .cause()
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                cause -> assertThat(cause.getSQLState()).isEqualTo("25P04"));
            } else {
                assertThatCode(work).doesNotThrowAnyException();
            }
        }

        private boolean serverEndsSessions() {
            return (int) database.select("SELECT current_setting('server_version_num')::int / 10000")
                            .get(0)
                    >= 17;
        }
    }

    /** The server is a newer one whose connections say that it is PostgreSQL 16. */
    @Nested
    class BeforePostgres17 {

        EntityManagerFactory older;

        @BeforeEach
        void pretend() {
            older = new HibernatePersistenceConfiguration("older")
                    .managedClasses(Account.class)
                    .property(
                            "jakarta.persistence.nonJtaDataSource", sayingThatItIs16(DataSource.class, database.pool()))
                    .createEntityManagerFactory();
        }

        @AfterEach
        void close() {
            older.close();
        }

        @Test
        void isKeptByTheServerForEachStatement() {
            assertThatThrownBy(() -> timed(older)
                            .with(o -> o.withTimeout(Duration.ofMillis(300)))
                            .run(em -> {
                                seen.add(show(em, "statement_timeout"));
                                assertThat(show(em, "transaction_timeout")).isIn("0", null);
                                sleep(em, 0.2);
                                sleep(em, 0.2);
                                seen.add("slept");
                                sleep(em, 60);
                            }))
                    .isInstanceOf(PersistenceException.class);

            assertThat(seen).containsExactly("300ms", "slept");
        }

        @Test
        void isLookedAtBeforeEachStatementAndBeforeTheCommit() {
            assertThatThrownBy(() -> timed(older).run(em -> {
                        em.persist(new Account("a", 1));
                        em.flush();
                        clock.advance(Duration.ofSeconds(11));
                        em.createQuery("from Account").getResultList();
                    }))
                    .isInstanceOf(TransactionTimeoutException.class);
            assertThatThrownBy(() -> timed(older).run(em -> {
                        em.persist(new Account("a", 1));
                        em.flush();
                        clock.advance(Duration.ofSeconds(11));
                    }))
                    .isInstanceOf(TransactionTimeoutException.class);

            assertThat(database.select("SELECT id FROM account")).isEmpty();
        }
    }

    private UnitOfWork timed(EntityManagerFactory factory) {
        return UnitOfWork.builder(factory).clock(clock).build().with(o -> o.withTimeout(Duration.ofSeconds(10)));
    }

    private void sleepManyTimes(EntityManager em) {
        for (int i = 0; i < 11; i++) {
            sleep(em, 0.1);
            seen.add("slept");
        }
    }

    private static void sleep(EntityManager em, double seconds) {
        em.createNativeQuery("SELECT 1 FROM pg_sleep(" + seconds + ")").getResultList();
    }

    /** Null where the server has no such setting. */
    private static String show(EntityManager em, String setting) {
        return (String) em.createNativeQuery("SELECT current_setting('" + setting + "', true)", String.class)
                .getSingleResult();
    }

    private static <T> T sayingThatItIs16(Class<T> type, T target) {
        return type.cast(Proxy.newProxyInstance(
                TimeoutTest.class.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    if (method.getName().equals("getDatabaseMajorVersion")) {
                        return 16;
                    }
                    try {
                        Object result = method.invoke(target, arguments);
                        if (result instanceof Connection connection
                                && method.getName().equals("getConnection")) {
                            return sayingThatItIs16(Connection.class, connection);
                        }
                        return result instanceof DatabaseMetaData metaData
                                ? sayingThatItIs16(DatabaseMetaData.class, metaData)
                                : result;
                    } catch (InvocationTargetException e) {
                        throw e.getTargetException();
                    }
                }));
    }
}
