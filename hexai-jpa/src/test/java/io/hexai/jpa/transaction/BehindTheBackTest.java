package io.hexai.jpa.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.persistence.EntityManager;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import org.hibernate.Session;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.internal.SessionImpl;
import org.hibernate.jdbc.Work;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

/** Work that tries to decide about the transaction without its scope. */
class BehindTheBackTest extends AccountTests {

    @Nested
    class TheEntityManager {

        @Test
        void refusesToEndItsTransaction() {
            unitOfWork.run(em -> {
                assertThatThrownBy(() -> em.getTransaction().commit()).hasMessageContaining("return from the work");
                assertThatThrownBy(() -> em.getTransaction().rollback()).hasMessageContaining("preventCommit");
                assertThatThrownBy(() -> em.getTransaction().begin()).hasMessageContaining("NESTED");
                assertThatThrownBy(() -> em.getTransaction().setTimeout(1)).hasMessageContaining("withTimeout");
                assertThatThrownBy(em::close).hasMessageContaining("the scope closes");
                Session session = em.unwrap(Session.class);
                assertThatThrownBy(() -> session.getTransaction().commit())
                        .hasMessageContaining("return from the work");
                assertThatThrownBy(session::beginTransaction).hasMessageContaining("NESTED");
                assertThatThrownBy(() -> session.inTransaction(transaction -> {}))
                        .hasMessageContaining("NESTED");
                assertThatThrownBy(() -> session.fromTransaction(transaction -> 1))
                        .hasMessageContaining("NESTED");
                assertThat(em.getTransaction().isActive()).isTrue();
                em.persist(new Account("a", 1));
            });

            assertThat(balance("a")).isEqualTo(1L);
        }

        @Test
        void isJoinedToTheTransactionAlready() {
            unitOfWork.run(em -> {
                em.joinTransaction();
                assertThat(em.isJoinedToTransaction()).isTrue();
                em.persist(new Account("a", 1));
            });

            assertThat(balance("a")).isEqualTo(1L);
        }

        @Test
        void preventsTheCommitWhenSetToRollBackOnly() {
            String result = unitOfWork.call(em -> {
                em.persist(new Account("a", 1));
                em.getTransaction().setRollbackOnly();
                assertThat(em.getTransaction().getRollbackOnly()).isTrue();
                return "result";
            });

            assertThat(result).isEqualTo("result");
            assertThat(database.select("SELECT id FROM account")).isEmpty();
        }

        @Test
        void rollsOnlyTheNestedScopeBackWhenSetToRollBackOnlyThere() {
            unitOfWork.run(em -> {
                em.persist(new Account("outer", 1));
                unitOfWork.with(Propagation.NESTED).run(() -> {
                    em.persist(new Account("nested", 1));
                    em.getTransaction().setRollbackOnly();
                });
            });

            assertThat(database.select("SELECT id FROM account")).containsExactly("outer");
        }

        @ParameterizedTest
        @ValueSource(strings = {"commit", "rollback", "close"})
        void failsTheScopeWhenEndedThroughHibernatesInternals(String call) {
            assertThatThrownBy(() -> unitOfWork.run(em -> {
                        write(em);
                        SessionImpl session = em.unwrap(SessionImpl.class);
                        try {
                            switch (call) {
                                case "commit" -> session.getTransaction().commit();
                                case "rollback" -> session.getTransaction().rollback();
                                default -> session.close();
                            }
                        } catch (RuntimeException refused) {
                            assertThat(refused).hasStackTraceContaining("behind the back");
                        }
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("behind the back");

            assertThat(database.select("SELECT id FROM account")).isEmpty();
        }
    }

    @Nested
    class TheConnection {

        @Test
        void refusesToDecide() {
            unitOfWork.run(em -> em.unwrap(Session.class).doWork(connection -> {
                assertRefused(connection::commit);
                assertRefused(connection::rollback);
                assertRefused(() -> connection.setAutoCommit(true));
                assertRefused(() -> connection.setReadOnly(true));
                assertRefused(() -> connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE));
            }));
        }

        @Test
        void isTheOneThatAStatementAndAnUnwrapGive() {
            unitOfWork.run(em -> em.unwrap(Session.class).doWork(connection -> {
                assertThat(connection.isWrapperFor(Connection.class)).isTrue();
                assertThat(connection.unwrap(Connection.class)).isSameAs(connection);
                try (Statement statement = connection.createStatement()) {
                    assertThat(statement.getConnection()).isSameAs(connection);
                }
            }));
        }

        private void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
            assertThatThrownBy(call)
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("behind the back")
                    .hasMessageContaining("preventCommit()");
        }
    }

    @Nested
    class Sql {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "COMMIT",
                    " rollback work",
                    "-- a comment\nend",
                    "/* a comment */ abort",
                    "BEGIN",
                    "start transaction",
                    "PREPARE TRANSACTION 'x'",
                    "; commit and chain"
                })
        void isRefusedWhereItWouldEndTheTransaction(String sql) {
            assertThatThrownBy(() -> unitOfWork.run(em -> {
                        write(em);
                        em.createNativeQuery(sql).executeUpdate();
                    }))
                    .hasStackTraceContaining("behind the back");
            assertThatThrownBy(() -> work(connection -> {
                        try (Statement statement = connection.createStatement()) {
                            statement.execute(sql);
                        }
                    }))
                    .hasStackTraceContaining("behind the back");

            assertThat(database.select("SELECT id FROM account")).isEmpty();
        }

        @Test
        void mayRollBackToASavepointOfItsOwn() {
            unitOfWork.run(em -> {
                write(em);
                em.createNativeQuery("SAVEPOINT mine").executeUpdate();
                em.createNativeQuery("UPDATE account SET balance = 9").executeUpdate();
                em.createNativeQuery("ROLLBACK TO SAVEPOINT mine").executeUpdate();
                em.createNativeQuery("ROLLBACK WORK TO mine").executeUpdate();
            });

            assertThat(balance("written")).isEqualTo(1L);
        }

        @Test
        void mayCallWhatOnlySoundsAlike() {
            unitOfWork.run(em -> {
                em.createNativeQuery("DO $$ BEGIN PERFORM 1; END $$").executeUpdate();
                em.createNativeQuery("CREATE TEMPORARY TABLE ending (committed int) ON COMMIT DROP")
                        .executeUpdate();
                em.createNativeQuery("SELECT 1 AS commit").getResultList();
            });
        }

        @ParameterizedTest
        @ValueSource(strings = {"COMMIT", "ROLLBACK"})
        void failsTheScopeWhereItEndedTheTransactionUnseen(String control) {
            assertThatThrownBy(() -> work(connection -> {
                        try (Statement statement = connection.createStatement()) {
                            statement.execute("UPDATE account SET balance = 2; " + control);
                        }
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("behind the back");
        }

        @Test
        void failsTheScopeWhereTheDriversOwnConnectionEndedTheTransaction() {
            assertThatThrownBy(() -> work(connection -> {
                        try (PreparedStatement statement =
                                connection.prepareStatement("UPDATE account SET balance = 2")) {
                            statement.executeUpdate();
                        }
                        ((Connection) connection.unwrap(PGConnection.class)).rollback();
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("behind the back");
        }

        @Test
        void isNotGoneOnWithAfterTheTransactionWasEnded() {
            assertThatThrownBy(() -> work(connection -> {
                        try (Statement statement = connection.createStatement()) {
                            statement.execute("UPDATE account SET balance = 2; ROLLBACK");
                        }
                        connection.createStatement();
                    }))
                    .isInstanceOf(org.hibernate.HibernateException.class)
                    .hasStackTraceContaining("behind the back");
        }

        @Test
        void mayBeAnEmptyBatch() {
            work(connection -> {
                try (PreparedStatement statement = connection.prepareStatement("UPDATE account SET balance = 2")) {
                    assertThat(statement.executeBatch()).isEmpty();
                }
            });
        }

        @Test
        void doomsTheScopeAroundWhenItEndsTheTransactionInsideANestedOne() {
            assertThatThrownBy(() -> unitOfWork.run(em -> {
                        write(em);
                        assertThatThrownBy(() -> unitOfWork
                                        .with(Propagation.NESTED)
                                        .run(() -> em.unwrap(Session.class).doWork(connection -> {
                                            try (Statement statement = connection.createStatement()) {
                                                statement.execute("UPDATE account SET balance = 2; ROLLBACK");
                                            }
                                        })))
                                .isInstanceOf(IllegalStateException.class);
                    }))
                    .isInstanceOf(UnexpectedRollbackException.class);

            assertThat(database.select("SELECT id FROM account")).isEmpty();
        }

        private void work(Work work) {
            unitOfWork.run(em -> em.unwrap(SessionImplementor.class).doWork(work));
        }
    }

    private static void write(EntityManager em) {
        em.persist(new Account("written", 1));
        em.flush();
    }
}
