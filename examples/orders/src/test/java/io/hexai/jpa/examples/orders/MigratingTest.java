package io.hexai.jpa.examples.orders;

import static org.assertj.core.api.Assertions.assertThat;

import io.hexai.jpa.examples.orders.Users.User;
import io.hexai.jpa.query.Queries;
import io.hexai.jpa.query.QueryAnswers;
import io.hexai.jpa.test.PostgresTest;
import io.hexai.jpa.test.TestIsolation;
import io.hexai.jpa.transaction.RetryPolicy;
import io.hexai.jpa.transaction.TransactionScope;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The code of the guide's pages for those who come from another library. */
@PostgresTest(entities = User.class, builtIn = false, isolation = TestIsolation.TRUNCATE)
class MigratingTest {

    private final List<String> mails = new ArrayList<>();
    private UnitOfWork unitOfWork;
    private Users users;
    private Queries queries;
    private long userId;

    record UserRow(long id, String username) {}

    record Receipt(long userId) {}

    @BeforeEach
    void addAUser(UnitOfWork given) {
        unitOfWork = given;
        users = new Users(given);
        queries = Queries.of(given);
        userId = unitOfWork.call(() -> {
            User ann = new User("ann");
            users.add(ann);
            return ann.id;
        });
    }

    // region update-password
    void changePassword(long userId, String password) {
        unitOfWork.run(() -> users.forUpdate().get(userId).password = password);
    }
    // endregion

    // region service
    Receipt pay(long userId) {
        return unitOfWork.with(o -> o.withRetry(RetryPolicy.attempts(4))).call(em -> {
            User user = users.get(userId);
            user.status = "paid";
            unitOfWork.current().afterCommit(() -> mails.add("Thank you, " + user.username));
            return new Receipt(user.id);
        });
    }
    // endregion

    @Test
    void changesUnderALock() {
        changePassword(userId, "new");
        assertThat(unitOfWork.call(() -> users.get(userId).password)).isEqualTo("new");
    }

    @Test
    void endsASessionByHand() {
        // region session
        try (TransactionScope session = unitOfWork.begin()) {
            User user = users.forUpdate().get(userId);
            user.status = "blocked";
            session.commit(); // without it, close() rolls back
        }
        // endregion
        assertThat(status()).isEqualTo("blocked");
    }

    @Test
    void answersQueriesByName() {
        unitOfWork.run(() -> {
            // region queries
            QueryAnswers answers = queries.all(
                    queries.sql("SELECT id, username FROM users WHERE status = :status")
                            .named("active")
                            .param("status", "active"),
                    queries.sql("SELECT count(*) FROM users").named("count"));
            List<UserRow> active = answers.of("active").list(UserRow.class);
            long count = answers.of("count").single(Long.class);
            // endregion
            assertThat(active).containsExactly(new UserRow(userId, "ann"));
            assertThat(count).isEqualTo(1);
        });
    }

    @Test
    void mailsAfterTheCommit() {
        assertThat(pay(userId)).isEqualTo(new Receipt(userId));
        assertThat(status()).isEqualTo("paid");
        assertThat(mails).containsExactly("Thank you, ann");
    }

    @Test
    void replacesTheCodeAroundAnEntityManager(EntityManagerFactory factory) {
        // region by-hand
        EntityManager em = factory.createEntityManager();
        try {
            em.getTransaction().begin();
            em.find(User.class, userId).status = "blocked";
            em.getTransaction().commit();
        } catch (RuntimeException e) {
            if (em.getTransaction().isActive()) {
                em.getTransaction().rollback();
            }
            throw e;
        } finally {
            em.close();
        }
        // endregion
        assertThat(status()).isEqualTo("blocked");
        pay(userId);
        replaced();
        assertThat(status()).isEqualTo("blocked");
    }

    private void replaced() {
        // region by-unit-of-work
        unitOfWork.run(em -> em.find(User.class, userId).status = "blocked");
        // endregion
    }

    private String status() {
        return unitOfWork.call(() -> users.get(userId).status);
    }
}
