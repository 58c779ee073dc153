package io.hexai.jpa.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.transaction.IsolationLevel;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.EntityManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.hibernate.SessionFactory;

/**
 * Transfers between two of some accounts, serializable, which are repeated when the server refuses them. Those by hand have a pool
 * whose transactions are serializable by themselves, so that nothing has to be sent for it; the library is measured with that pool, and
 * with one of ordinary connections and the isolation as an option.
 */
final class SerializableUnits implements Contest {

    private static final String CALL = "UnitOfWork.call with retry";
    private static final String OPTION = "the same with withIsolation(SERIALIZABLE)";
    private static final String LOOP = "loop by hand";
    private static final int THREADS = 8;
    private static final int EACH = 200;

    private final Database database = new Database();
    private final int keys;
    private final UnitOfWork unitOfWork;
    private final UnitOfWork withOption;
    private final SessionFactory serializable;
    private final Crowd crowd = new Crowd(THREADS, EACH);
    private long transfers;

    private SerializableUnits(int keys) throws SQLException {
        this.keys = keys;
        SessionFactory factory = database.factory(database.pool(THREADS), Account.class);
        Accounts.persist(factory, keys);
        withOption = UnitOfWork.of(factory)
                .with(options ->
                        options.withIsolation(IsolationLevel.SERIALIZABLE).withRetry(Retries.ofLibrary()));
        HikariDataSource pool = database.pool(THREADS);
        pool.setTransactionIsolation("TRANSACTION_SERIALIZABLE");
        serializable = database.factory(pool, EventDatabase.unchanged(), Account.class);
        unitOfWork = UnitOfWork.of(serializable).with(options -> options.withRetry(Retries.ofLibrary()));
    }

    static List<Comparison> comparisons() {
        return List.of(comparison("hot", 32), comparison("cool", 10_000));
    }

    private static Comparison comparison(String kind, int keys) {
        return Comparison.of(
                        "serializable-" + kind,
                        "Serializable transfers among " + keys + " accounts by " + THREADS + " threads",
                        "transfers/s",
                        List.of(CALL, OPTION, LOOP),
                        () -> new SerializableUnits(keys))
                .withOperations(THREADS * EACH)
                .withTurn(Duration.ZERO)
                .claiming(Claim.rate(12, CALL, 0.95, LOOP))
                .claiming(Claim.rate(12, OPTION, 0.95, LOOP));
    }

    @Override
    public Map<String, Operation> operations() {
        return Map.of(
                CALL, () -> byAll(() -> unitOfWork.call(this::transfer)),
                OPTION, () -> byAll(() -> withOption.call(this::transfer)),
                LOOP, () -> byAll(() -> Retries.byLoop(() -> ByHand.inTransaction(serializable, this::transfer))));
    }

    private int byAll(Operation transfer) throws Exception {
        transfers += THREADS * EACH;
        return crowd.doEach(transfer);
    }

    private Account transfer(EntityManager em) {
        int from = ThreadLocalRandom.current().nextInt(keys);
        int to = (from + 1 + ThreadLocalRandom.current().nextInt(keys - 1)) % keys;
        Account payer = em.find(Account.class, (long) from);
        Account payee = em.find(Account.class, (long) to);
        payer.cents--;
        payee.cents++;
        return payer;
    }

    /** Both accounts of each transfer have got a new version, and no money is lost. */
    @Override
    public void afterTurn(String contestant) {
        List<Account> all = serializable.fromTransaction(
                session -> session.createQuery("from Account", Account.class).getResultList());
        long changes = all.stream().mapToLong(account -> account.version).sum();
        long cents = all.stream().mapToLong(account -> account.cents).sum();
        if (changes != 2 * transfers || cents != 0) {
            throw new IllegalStateException(contestant + " made " + transfers + " transfers, but " + changes
                    + " changes, and " + cents + " cents");
        }
    }

    @Override
    public void close() throws SQLException {
        crowd.close();
        database.close();
    }
}
