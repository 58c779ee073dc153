package io.hexai.jpa.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.persistence.EntityManager;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class UnitOfWorkTest extends AccountTests {

    @Test
    void commitsWhenTheWorkReturns() {
        String result = unitOfWork.call(em -> {
            em.persist(new Account("a", 10));
            return "done";
        });

        assertThat(result).isEqualTo("done");
        assertThat(database.select("SELECT balance FROM account")).containsExactly(10L);
    }

    @Test
    void rollsBackAndRethrowsTheSameExceptionWhenTheWorkThrows() {
        IOException failure = new IOException("checked");

        assertThatThrownBy(() -> unitOfWork.run(em -> {
                    em.persist(new Account("a", 10));
                    em.flush();
                    throw failure;
                }))
                .isSameAs(failure)
                .hasNoSuppressedExceptions();

        assertThat(database.select("SELECT id FROM account")).isEmpty();
    }

    @Test
    void rollsBackWhenTheWorkThrowsAnError() {
        AssertionError failure = new AssertionError("an error");

        assertThatThrownBy(() -> unitOfWork.run(em -> {
                    em.persist(new Account("a", 10));
                    em.flush();
                    throw failure;
                }))
                .isSameAs(failure);

        assertThat(database.select("SELECT id FROM account")).isEmpty();
    }

    @Test
    void takesNoConnectionForAScopeWithoutSql() {
        int borrowed = unitOfWork.call(em -> database.borrowedConnections());

        assertThat(borrowed).isZero();
    }

    @Test
    void failsWhenTheWorkSwallowedAFailedStatement() {
        assertThatThrownBy(() -> unitOfWork.run(em -> {
                    em.persist(new Account("a", 10));
                    em.flush();
                    em.unwrap(org.hibernate.Session.class).doWork(connection -> {
                        try (var statement = connection.createStatement()) {
                            statement.execute("SELECT nonsense");
                        } catch (java.sql.SQLException swallowed) {
                            assertThat(swallowed.getSQLState()).isEqualTo("42703");
                        }
                    });
                }))
                .isInstanceOf(UnexpectedRollbackException.class);

        assertThat(database.select("SELECT id FROM account")).isEmpty();
    }

    @Test
    void leavesADeadEntityManagerInTheHandsOfWhoKeptIt() {
        EntityManager kept = unitOfWork.call(em -> em);

        assertThatThrownBy(() -> kept.find(Account.class, "a"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> kept.persist(new Account("a", 1))).isInstanceOf(IllegalStateException.class);
        assertThat(database.borrowedConnections()).isZero();
    }

    @Test
    void isNotThereOutsideOfAScope() {
        assertThatThrownBy(unitOfWork::current)
                .isInstanceOf(NoActiveTransactionException.class)
                .hasMessageContaining("unitOfWork.run(");
        assertThatThrownBy(unitOfWork::entityManager).isInstanceOf(NoActiveTransactionException.class);
    }
}
