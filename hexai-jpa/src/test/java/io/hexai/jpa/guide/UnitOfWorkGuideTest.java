package io.hexai.jpa.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.transaction.IsolationLevel;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.RetryPolicy;
import io.hexai.jpa.transaction.Transaction;
import io.hexai.jpa.transaction.TransactionOptions;
import io.hexai.jpa.transaction.TransactionScope;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Id;
import jakarta.persistence.Version;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The snippets of {@code docs/guide/unit-of-work.md}. */
class UnitOfWorkGuideTest {

    @Entity(name = "GuideOrder")
    static class Order {
        @Id
        String id;

        @Version
        int version;

        String status = "placed";
        long points;

        protected Order() {}

        Order(String id) {
            this.id = id;
        }
    }

    static class PaymentRefused extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    static TestFactory database;

    EntityManagerFactory entityManagerFactory;
    UnitOfWork unitOfWork;

    @BeforeAll
    static void start() {
        database = TestFactory.of(Order.class);
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @BeforeEach
    void begin() {
        database.execute("DELETE FROM GuideOrder");
        entityManagerFactory = database.factory();
        // region create
        unitOfWork = UnitOfWork.of(entityManagerFactory);
        // endregion
    }

    @Test
    void callsAndRuns() {
        // region call
        String id = unitOfWork.call(em -> {
            Order order = new Order("order-1");
            em.persist(order);
            return order.id;
        });

        unitOfWork.run(em -> em.find(Order.class, id).status = "confirmed");
        // endregion
        assertThat(database.select("SELECT status FROM GuideOrder")).containsExactly("confirmed");
    }

    // region joined
    void confirm(String id) {
        unitOfWork.run(() -> order(id).status = "confirmed");
    }

    Order order(String id) {
        return unitOfWork.entityManager().find(Order.class, id);
    }
    // endregion

    @Test
    void joins() {
        unitOfWork.run(em -> {
            em.persist(new Order("order-1"));
            confirm("order-1");
        });
        assertThat(database.select("SELECT status FROM GuideOrder")).containsExactly("confirmed");
    }

    @Test
    void nests() {
        unitOfWork.run(em -> em.persist(new Order("order-1")));
        // region nested
        unitOfWork.run(em -> {
            Order order = em.find(Order.class, "order-1");
            try {
                unitOfWork.with(Propagation.NESTED).run(() -> {
                    order.points += 100;
                    order.status = "paid";
                    pay(order);
                });
            } catch (PaymentRefused e) {
                // order.points, order.status and order.version are what they were before the nested scope
                order.status = "payment refused";
            }
        });
        // endregion
        assertThat(database.select("SELECT status || ' ' || points FROM GuideOrder"))
                .containsExactly("payment refused 0");
    }

    private void pay(Order order) {
        unitOfWork.entityManager().flush();
        throw new PaymentRefused();
    }

    @Test
    void setsOptions() {
        // region options
        UnitOfWork reports = unitOfWork.with(o -> o.withIsolation(IsolationLevel.REPEATABLE_READ)
                .withReadOnly(true)
                .withTimeout(Duration.ofSeconds(30)));

        long placed = reports.call(em ->
                em.createQuery("select count(*) from GuideOrder", Long.class).getSingleResult());
        // endregion
        assertThat(placed).isZero();
    }

    @Test
    void retries() {
        unitOfWork.run(em -> em.persist(new Order("order-1")));
        // region retry
        unitOfWork
                .with(o -> o.withRetry(RetryPolicy.attempts(5)))
                .run(em -> em.find(Order.class, "order-1").points += 10);
        // endregion
        assertThat(database.select("SELECT points FROM GuideOrder")).containsExactly(10L);
    }

    @Test
    void runsOptimistically() {
        unitOfWork.run(em -> em.persist(new Order("order-1")));
        // region optimistic
        unitOfWork.with(TransactionOptions.optimistic()).run(em -> {
            Order order = em.find(Order.class, "order-1");
            order.points = pointsFor(order);
        });
        // endregion
        assertThat(database.select("SELECT points FROM GuideOrder")).containsExactly(7L);
    }

    private static long pointsFor(Order order) {
        return order.id.length();
    }

    @Test
    void runsHooks() {
        List<String> mails = new ArrayList<>();
        // region hooks
        unitOfWork.run(em -> {
            em.persist(new Order("order-1"));
            Transaction transaction = unitOfWork.current();
            transaction.beforeCommit(() -> em.find(Order.class, "order-1").points += 1);
            transaction.afterCommit(() -> mails.add("Your order is placed."));
        });
        // endregion
        assertThat(mails).hasSize(1);
        assertThat(database.select("SELECT points FROM GuideOrder")).containsExactly(1L);
    }

    @Test
    void demarcatesByHand() throws IOException {
        // region begin
        try (TransactionScope scope = unitOfWork.begin()) {
            scope.entityManager().persist(new Order("order-1"));
            scope.commit();
        }
        // endregion
        assertThat(database.select("SELECT id FROM GuideOrder")).containsExactly("order-1");
    }

    @Test
    void passesCheckedExceptionsOn() {
        assertThatThrownBy(this::importOrders).isInstanceOf(IOException.class);
        assertThat(database.select("SELECT id FROM GuideOrder")).isEmpty();
    }

    // region checked
    void importOrders() throws IOException {
        unitOfWork.run(em -> {
            em.persist(new Order("order-1"));
            throw new IOException("the file is cut off");
        });
    }
    // endregion
}
