package io.hexai.jpa.benchmarks;

import io.hexai.jpa.transaction.TransactionMode;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.EntityManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.hibernate.SessionFactory;

/** Many threads, few connections, and work that thinks between what it reads and what it writes. */
final class ThinkingUnits implements Contest {

    private static final String OPTIMISTIC = "TransactionMode.OPTIMISTIC";
    private static final String SPANNING = "TransactionMode.SPANNING";
    private static final int THREADS = 64;
    private static final int CONNECTIONS = 4;
    private static final int EACH = 5;
    private static final Duration THOUGHT = Duration.ofMillis(50);

    private final Database database = new Database();
    private final UnitOfWork spanning;
    private final UnitOfWork optimistic;
    private final Accounts accounts;
    private final Crowd crowd = new Crowd(THREADS, EACH);

    private ThinkingUnits() throws SQLException {
        SessionFactory factory = database.factory(database.pool(CONNECTIONS), Account.class);
        spanning = UnitOfWork.of(factory);
        optimistic = spanning.with(options -> options.withMode(TransactionMode.OPTIMISTIC));
        accounts = new Accounts(factory, THREADS);
    }

    static Comparison comparison() {
        return Comparison.of(
                        "thinking-unit",
                        THREADS + " threads, " + CONNECTIONS + " connections, and " + THOUGHT.toMillis()
                                + " ms of thought in each unit of work",
                        "units/s",
                        List.of(OPTIMISTIC, SPANNING),
                        ThinkingUnits::new)
                .withOperations(THREADS * EACH)
                .withTurn(Duration.ZERO)
                .claiming(Claim.rate(11, OPTIMISTIC, 8, SPANNING));
    }

    @Override
    public Map<String, Operation> operations() {
        return Map.of(
                OPTIMISTIC, () -> crowd.doEach(() -> optimistic.call(this::think)),
                SPANNING, () -> crowd.doEach(() -> spanning.call(this::think)));
    }

    private Account think(EntityManager em) throws InterruptedException {
        Account account = accounts.find(em);
        Thread.sleep(THOUGHT.toMillis());
        account.cents++;
        return account;
    }

    @Override
    public void close() throws SQLException {
        crowd.close();
        database.close();
    }
}
