package io.hexai.jpa.examples.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.bootstrap.HexaiJpa;
import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.query.Queries;
import io.hexai.jpa.test.PostgresTest;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.RetryPolicy;
import io.hexai.jpa.transaction.TransactionOptions;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.data.Order;
import jakarta.persistence.OptimisticLockException;
import java.util.concurrent.atomic.AtomicInteger;
import org.hibernate.Session;
import org.hibernate.exception.ConstraintViolationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What generated repositories do inside a unit of work, and on whose connection. */
@PostgresTest(builtIn = false)
class JakartaDataTest {

    private static final String BACKEND = "SELECT pg_backend_pid()";

    private static HexaiJpa jpa;

    private UnitOfWork unitOfWork;
    private DataRepositories repositories;
    private PurchaseOrders orders;
    private Queries queries;

    @BeforeAll
    static void open(PostgresConfig database) {
        jpa = Orders.open(database);
    }

    @AfterAll
    static void close() {
        jpa.close();
    }

    @BeforeEach
    void prepare() {
        unitOfWork = jpa.unitOfWork();
        repositories = new DataRepositories(unitOfWork);
        orders = new PurchaseOrders(unitOfWork);
        queries = Queries.of(unitOfWork);
        unitOfWork.run(() -> queries.sql("TRUNCATE purchase_order, purchase_order_lines, archived_order")
                .execute());
        new OrderDesk(unitOfWork).place("order-1", "Ann", new OrderLine("tea", 1, 450));
        new OrderDesk(unitOfWork).place("order-2", "Ann", new OrderLine("cup", 1, 900));
        new OrderDesk(unitOfWork).pay("order-2");
    }

    @Nested
    class WithASession {

        @Test
        void findWhatTheUnitOfWorkHas() {
            unitOfWork.run(() -> {
                PurchaseOrder order = orders.get("order-1");
                assertThat(repositories.search().byId("order-1")).containsSame(order);
                assertThat(repositories.search().of("Ann", Order.by(_PurchaseOrder.id.desc())))
                        .extracting(PurchaseOrder::id)
                        .containsExactly("order-2", "order-1");
                assertThat(repositories.search().session())
                        .isSameAs(unitOfWork.entityManager().unwrap(Session.class));
            });
        }

        @Test
        void seePendingChangesAndWriteThemAtTheCommit() {
            unitOfWork.run(() -> {
                repositories.search().byId("order-1").orElseThrow().pay();
                assertThat(repositories.search().matching(OrderStatus.PAID, "A%"))
                        .hasSize(2);
            });
            assertThat(unitOfWork.call(() -> orders.get("order-1").status())).isEqualTo(OrderStatus.PAID);
        }

        @Test
        void takePartInOptimisticScopesAndTheirRetries() {
            AtomicInteger attempts = new AtomicInteger();
            unitOfWork.with(TransactionOptions.optimistic()).run(() -> {
                PurchaseOrder order = repositories.search().byId("order-1").orElseThrow();
                if (attempts.incrementAndGet() == 1) {
                    unitOfWork
                            .with(TransactionOptions.defaults().withPropagation(Propagation.NEW))
                            .run(() -> orders.get("order-1").add(new OrderLine("pot", 1, 2_500)));
                }
                order.pay();
            });
            assertThat(attempts).hasValue(2);
        }
    }

    @Nested
    class WithAStatelessSession {

        @Test
        void haveTheUnitOfWorksConnection() {
            unitOfWork.run(em -> {
                repositories.archive();
                int backend = queries.sql(BACKEND).single(Integer.class);
                int ofArchive = em.unwrap(Session.class)
                        .statelessWithOptions()
                        .connection()
                        .open()
                        .createNativeQuery(BACKEND, Integer.class)
                        .getSingleResult();
                assertThat(ofArchive).isEqualTo(backend);
            });
        }

        @Test
        void commitAndRollBackWithIt() {
            unitOfWork.run(() -> repositories.archive().insert(new ArchivedOrder("kept", "Ann", 1)));
            unitOfWork.run(() -> {
                repositories.archive().insert(new ArchivedOrder("lost", "Ann", 2));
                assertThat(repositories.archive().countOf("Ann")).isEqualTo(2);
                unitOfWork.current().preventCommit();
            });
            assertThat(unitOfWork.call(() -> repositories.archive().countOf("Ann")))
                    .isOne();
        }

        @Test
        void rollBackWithANestedScope() {
            unitOfWork.run(() -> {
                repositories.archive().insert(new ArchivedOrder("kept", "Ann", 1));
                unitOfWork.with(Propagation.NESTED).run(() -> {
                    repositories.archive().insert(new ArchivedOrder("lost", "Ann", 2));
                    unitOfWork.current().preventCommit();
                });
                assertThat(repositories.archive().countOf("Ann")).isOne();
            });
            assertThat(unitOfWork.call(() -> repositories.archive().findById("kept")))
                    .isPresent();
        }

        @Test
        void seeWhatTheSessionHasFlushed() {
            unitOfWork.run(em -> {
                em.persist(new ArchivedOrder("pending", "Ann", 1));
                assertThat(repositories.archive().countOf("Ann")).isOne();
                assertThat(repositories.archive().findById("pending"))
                        .as("an instance of its own")
                        .isPresent()
                        .get()
                        .isNotSameAs(em.find(ArchivedOrder.class, "pending"));
            });
        }

        @Test
        void updateInBatchesSoThatAStaleVersionShowsAtTheCommitAndIsRetried() {
            unitOfWork.run(() -> repositories.archive().insert(new ArchivedOrder("a", "Ann", 1)));
            AtomicInteger attempts = new AtomicInteger();
            assertThatThrownBy(() -> unitOfWork
                            .with(o -> o.withRetry(RetryPolicy.attempts(2)))
                            .run(() -> {
                                attempts.incrementAndGet();
                                ArchivedOrder stale =
                                        repositories.archive().findById("a").orElseThrow();
                                stale.version = 7;
                                repositories.archive().update(stale);
                            }))
                    .isInstanceOf(OptimisticLockException.class);
            assertThat(attempts).hasValue(2);
        }

        @Test
        void insertInBatchesSoThatADuplicateShowsAtTheCommit() {
            unitOfWork.run(() -> repositories.archive().insert(new ArchivedOrder("a", "Ann", 1)));

            assertThatThrownBy(
                            () -> unitOfWork.run(() -> repositories.archive().insert(new ArchivedOrder("a", "Ann", 1))))
                    .isInstanceOf(ConstraintViolationException.class);
        }

        @Test
        void beginTheTransactionOfAnOptimisticScope() {
            unitOfWork.with(TransactionOptions.optimistic()).run(() -> {
                assertThat(repositories.archive().countOf("Ann")).isZero();
                repositories.archive().insert(new ArchivedOrder("a", "Ann", 1));
            });
            assertThat(unitOfWork.call(() -> repositories.archive().countOf("Ann")))
                    .isOne();
        }
    }
}
