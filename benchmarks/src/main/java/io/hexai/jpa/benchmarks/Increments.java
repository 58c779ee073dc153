package io.hexai.jpa.benchmarks;

import io.hexai.jpa.transaction.TransactionOptions;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.hibernate.SessionFactory;
import org.springframework.core.retry.RetryTemplate;

/** One row that sixteen threads increment two hundred times each; afterwards no increment may be lost. */
final class Increments implements Contest {

    private static final String RETRY = "UnitOfWork.call, OPTIMISTIC with retry";
    private static final String LOCK = "pessimistic lock by hand";
    private static final String SPRING = "Spring RetryTemplate and TransactionTemplate";
    private static final String SPRING_JITTER = "the same with Spring's own jitter";
    private static final int THREADS = 16;
    private static final int EACH = 200;

    private final Database database = new Database();
    private final SessionFactory factory = database.factory(database.pool(THREADS), Account.class);
    private final UnitOfWork unitOfWork =
            UnitOfWork.of(factory).with(TransactionOptions.optimistic().withRetry(Retries.ofLibrary()));
    private final SpringByTemplate transactions = new SpringByTemplate(factory);
    private final RetryTemplate retries = Retries.ofSpring();
    private final RetryTemplate springRetries = Retries.ofSpringWithItsJitter();
    private final Crowd crowd = new Crowd(THREADS, EACH);
    private long expected;

    private Increments() throws SQLException {
        Accounts.persist(factory, 1);
    }

    static Comparison comparison() {
        return Comparison.of(
                        "increments",
                        THREADS + " threads that increment one row " + EACH + " times each",
                        "increments/s",
                        List.of(RETRY, LOCK, SPRING, SPRING_JITTER),
                        Increments::new)
                .withOperations(THREADS * EACH)
                .withTurn(Duration.ZERO)
                .claiming(Claim.rate(10, RETRY, 0.5, LOCK))
                .claiming(Claim.rate(10, RETRY, 1.0, SPRING));
    }

    @Override
    public Map<String, Operation> operations() {
        return Map.of(
                RETRY, () -> byAll(() -> unitOfWork.call(Increments::increment)),
                LOCK, () -> byAll(() -> ByHand.inTransaction(factory, Increments::incrementLocked)),
                SPRING, () -> byAll(() -> retries.execute(() -> transactions.inTransaction(Increments::increment))),
                SPRING_JITTER,
                        () -> byAll(
                                () -> springRetries.execute(() -> transactions.inTransaction(Increments::increment))));
    }

    private int byAll(Operation one) throws Exception {
        expected += THREADS * EACH;
        return crowd.doEach(one);
    }

    private static Account increment(EntityManager em) {
        Account account = em.find(Account.class, 0L);
        account.cents++;
        return account;
    }

    private static Account incrementLocked(EntityManager em) {
        Account account = em.find(Account.class, 0L, LockModeType.PESSIMISTIC_WRITE);
        account.cents++;
        return account;
    }

    @Override
    public void afterTurn(String contestant) {
        long counted = factory.fromTransaction(session -> session.find(Account.class, 0L).cents);
        if (counted != expected) {
            throw new IllegalStateException(contestant + " lost " + (expected - counted) + " increments");
        }
    }

    @Override
    public void close() throws SQLException {
        crowd.close();
        database.close();
    }
}
