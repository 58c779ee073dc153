package io.hexai.jpa.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.transaction.CommitPhase;
import io.hexai.jpa.transaction.IsolationLevel;
import io.hexai.jpa.transaction.PendingChanges;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.Registration;
import io.hexai.jpa.transaction.ResourceKey;
import io.hexai.jpa.transaction.RetryPolicy;
import io.hexai.jpa.transaction.Transaction;
import io.hexai.jpa.transaction.TransactionInfo;
import io.hexai.jpa.transaction.TransactionOptions;
import io.hexai.jpa.transaction.TransactionScope;
import io.hexai.jpa.transaction.UnitOfWork;
import io.hexai.jpa.transaction.UnitOfWorkListener;
import io.hexai.jpa.transaction.UnitOfWorkMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Id;
import jakarta.persistence.Version;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
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

    @Test
    void passesTwoTypesOfCheckedExceptionsOn() {
        assertThatThrownBy(this::importFromAfar).isInstanceOf(TimeoutException.class);
        assertThat(database.select("SELECT id FROM GuideOrder")).isEmpty();
    }

    private static Order download() throws IOException, TimeoutException {
        throw new TimeoutException("nobody answers");
    }

    // region two-checked
    void importFromAfar() throws IOException, TimeoutException {
        try {
            unitOfWork.run(em -> em.persist(download()));
        } catch (IOException | TimeoutException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError("download() throws nothing else", e);
        }
    }
    // endregion

    @Test
    void preventsTheCommit() {
        // region prevent
        boolean feasible = unitOfWork.call(em -> {
            em.persist(new Order("order-1"));
            em.flush();
            unitOfWork.current().preventCommit();
            return true;
        });
        // endregion
        assertThat(feasible).isTrue();
        assertThat(database.select("SELECT id FROM GuideOrder")).isEmpty();
    }

    @Test
    void keepsResources() {
        List<String> sent = new ArrayList<>();
        mails = sent::add;
        unitOfWork.run(() -> {
            mail("one");
            unitOfWork.run(() -> mail("two"));
            assertThat(sent).isEmpty();
        });
        assertThat(sent).containsExactly("one, two");
    }

    Consumer<String> mails;

    // region resource
    static final ResourceKey<List<String>> OUTBOX = ResourceKey.of("outbox");

    void mail(String text) {
        Transaction transaction = unitOfWork.current();
        List<String> outbox = transaction.resource(OUTBOX, () -> {
            List<String> created = new ArrayList<>();
            transaction.afterCommit(() -> mails.accept(String.join(", ", created)));
            return created;
        });
        outbox.add(text);
    }
    // endregion

    @Test
    void observesEveryCommit() {
        List<String> heard = new ArrayList<>();
        // region every-commit
        Registration audit = unitOfWork.beforeEveryCommit(
                CommitPhase.DRAIN,
                transaction -> heard.add(transaction.options().name()));
        Registration wakeUp = unitOfWork.onEveryCommit(() -> heard.add("committed"));

        unitOfWork.with(o -> o.withName("place order")).run(em -> em.persist(new Order("order-1")));

        audit.close();
        wakeUp.close();
        // endregion
        assertThat(heard).containsExactly("place order", "committed");
    }

    @Test
    void listens() {
        List<String> slow = new ArrayList<>();
        SimpleMeterRegistry meterRegistry = new SimpleMeterRegistry();
        // region listener
        unitOfWork = UnitOfWork.builder(entityManagerFactory)
                .listener(UnitOfWorkMetrics.of(meterRegistry))
                .listener(new UnitOfWorkListener() {
                    @Override
                    public void committed(TransactionInfo transaction, Duration duration) {
                        if (duration.compareTo(Duration.ofSeconds(5)) > 0) {
                            slow.add(transaction + " took " + duration);
                        }
                    }
                })
                .build();
        // endregion
        unitOfWork.run(em -> em.persist(new Order("order-1")));
        assertThat(slow).isEmpty();
        assertThat(meterRegistry.get("hexai.transaction").timer().count()).isOne();
    }

    @Test
    void showsPendingChanges() {
        unitOfWork.run(em -> em.persist(new Order("order-1")));
        // region changes
        unitOfWork.run(em -> {
            Order order = em.find(Order.class, "order-1");
            order.status = "paid";
            PendingChanges changes = unitOfWork.current().changes();
            assertThat(changes.modifiedAttributes(order)).containsExactly("status");
            changes.revert(order);
            assertThat(changes.isEmpty()).isTrue();
        });
        // endregion
        assertThat(database.select("SELECT status FROM GuideOrder")).containsExactly("placed");
    }
}
