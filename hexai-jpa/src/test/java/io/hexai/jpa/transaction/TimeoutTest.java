package io.hexai.jpa.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.testing.ManualClock;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
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

    @Nested
    class OnPostgres17AndLater {

        @Test
        void isKeptByTheServerAcrossStatements() {
            assertThatThrownBy(() -> timed(database.factory())
                            .with(o -> o.withTimeout(Duration.ofMillis(300)))
                            .run(em -> {
                                for (int i = 0; i < 100; i++) {
                                    sleep(em, 0.1);
                                    seen.add("slept");
                                }
                            }))
                    .isInstanceOf(PersistenceException.class);

            assertThat(seen).hasSizeLessThan(10);
            unitOfWork.run(em -> assertThat(show(em, "transaction_timeout")).isEqualTo("0"));
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
                                seen.add(show(em, "statement_timeout") + " " + show(em, "transaction_timeout"));
                                sleep(em, 0.2);
                                sleep(em, 0.2);
                                seen.add("slept");
                                sleep(em, 60);
                            }))
                    .isInstanceOf(PersistenceException.class);

            assertThat(seen).containsExactly("300ms 0", "slept");
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

    private static void sleep(EntityManager em, double seconds) {
        em.createNativeQuery("SELECT 1 FROM pg_sleep(" + seconds + ")").getResultList();
    }

    private static String show(EntityManager em, String setting) {
        return (String) em.createNativeQuery("SHOW " + setting, String.class).getSingleResult();
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
