package io.hexai.jpa.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.TransactionScope;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.EntityManager;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.hibernate.SessionFactory;

/** What units of work keep in memory that are open and wait for something, many of them at once. */
final class IdleUnits implements Contest {

    private static final String BEGIN = "UnitOfWork.begin";
    private static final String BY_HAND = "EntityManager by hand";
    private static final int CONNECTIONS = 100;
    private static final MemoryMXBean MEMORY = ManagementFactory.getMemoryMXBean();

    private final Database database = new Database();
    private final SessionFactory factory;
    private final UnitOfWork unitOfWork;
    private final boolean load;
    private final int count;

    private IdleUnits(int count, boolean load) throws SQLException {
        this.count = count;
        this.load = load;
        HikariDataSource pool = database.pool(CONNECTIONS);
        factory = database.factory(pool, Account.class);
        unitOfWork = UnitOfWork.of(factory).with(Propagation.NEW);
        Accounts.persist(factory, 1);
    }

    static List<Comparison> comparisons() {
        return List.of(
                comparison("idle-begun", "Memory of a unit of work that has begun", 10_000, false),
                comparison("idle-loaded", "Memory of a unit of work that has loaded one entity", CONNECTIONS, true));
    }

    private static Comparison comparison(String id, String title, int count, boolean load) {
        return Comparison.of(id, title, "units/s", List.of(BEGIN, BY_HAND), () -> new IdleUnits(count, load))
                .withOperations(count)
                .withTurn(Duration.ZERO)
                .claiming(Claim.memory(16, BEGIN, 1.05, BY_HAND));
    }

    @Override
    public Map<String, Operation> operations() {
        return Map.of(BEGIN, this::begin, BY_HAND, this::beginByHand);
    }

    private int begin() {
        Deque<TransactionScope> open = new ArrayDeque<>(count);
        long before = usedBytes();
        for (int i = 0; i < count; i++) {
            TransactionScope unit = unitOfWork.begin();
            if (load) {
                load(unit.entityManager());
            }
            open.push(unit);
        }
        Findings.retained(usedBytes() - before);
        open.forEach(TransactionScope::rollback);
        open.forEach(TransactionScope::close);
        return open.size();
    }

    private int beginByHand() {
        Deque<EntityManager> open = new ArrayDeque<>(count);
        long before = usedBytes();
        for (int i = 0; i < count; i++) {
            EntityManager em = factory.createEntityManager();
            em.getTransaction().begin();
            if (load) {
                load(em);
            }
            open.push(em);
        }
        Findings.retained(usedBytes() - before);
        open.forEach(em -> em.getTransaction().rollback());
        open.forEach(EntityManager::close);
        return open.size();
    }

    private static void load(EntityManager em) {
        em.find(Account.class, 0L);
    }

    private static long usedBytes() {
        System.gc();
        System.gc();
        return MEMORY.getHeapMemoryUsage().getUsed();
    }

    @Override
    public void close() throws SQLException {
        database.close();
    }
}
