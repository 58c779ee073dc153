package io.hexai.jpa.benchmarks;

import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.TransactionScope;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.EntityManager;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.hibernate.Session;
import org.hibernate.SessionFactory;

/**
 * A nested scope that changes one of the managed entities, beside a savepoint by hand. There are a hundred in each transaction,
 * so that the time is that of the scopes, and is not that of the server's way through old versions of rows either.
 */
final class NestedScopes implements Contest {

    private static final String NESTED = "Propagation.NESTED";
    private static final String SAVEPOINT = "flush and savepoint by hand";
    private static final String QUERY = "savepoint by hand, clear and one query";
    private static final String FINDS = "savepoint by hand, clear and find of each";
    private static final int SCOPES = 100;
    private static final String ALL = "from Part order by id";

    private final Database database = new Database();
    private final UnitOfWork unitOfWork;
    private final UnitOfWork nested;
    private final boolean succeeds;
    private final int managed;
    private EntityManager entityManager;
    private List<Part> parts = new ArrayList<>();
    private int turn;

    /** Ends the scope. */
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Refused() {
            super("refused", null, false, false);
        }
    }

    private NestedScopes(int managed, boolean succeeds) throws Exception {
        this.managed = managed;
        this.succeeds = succeeds;
        SessionFactory factory = database.factory(database.pool(2), Part.class);
        unitOfWork = UnitOfWork.of(factory);
        nested = unitOfWork.with(Propagation.NESTED);
        entityManager = factory.createEntityManager();
        unitOfWork.run(em -> {
            for (long id = 0; id < managed; id++) {
                em.persist(new Part(id));
            }
        });
    }

    static List<Comparison> comparisons() {
        return List.of(succeeding(10), succeeding(1_000), failing());
    }

    private static Comparison succeeding(int managed) {
        return Comparison.of(
                        "nested-success-" + managed,
                        "A nested scope that succeeds, among " + managed + " managed entities",
                        "scopes/s",
                        List.of(NESTED, SAVEPOINT),
                        () -> new NestedScopes(managed, true))
                .withOperations(SCOPES)
                .claiming(Claim.rate(4, NESTED, 0.95, SAVEPOINT));
    }

    private static Comparison failing() {
        return Comparison.of(
                        "nested-failure-1000",
                        "A nested scope that fails after changing one of 1000 managed entities, all of which are used afterwards",
                        "scopes/s",
                        List.of(NESTED, QUERY, FINDS),
                        () -> new NestedScopes(1_000, false))
                .withOperations(SCOPES)
                .claiming(Claim.rate(5, NESTED, 5, QUERY))
                .claiming(Claim.rate(5, NESTED, 5, FINDS));
    }

    @Override
    public Map<String, Operation> operations() {
        return succeeds
                ? Map.of(
                        NESTED,
                        () -> repeat(() -> nested.run(this::change)),
                        SAVEPOINT,
                        () -> repeat(this::releasedByHand))
                : Map.of(
                        NESTED,
                        () -> repeat(this::fail),
                        QUERY,
                        () -> repeat(() -> {
                            rolledBackByHand();
                            readAll();
                            use();
                        }),
                        FINDS,
                        () -> repeat(() -> {
                            rolledBackByHand();
                            parts.replaceAll(part -> entityManager.find(Part.class, part.id));
                            use();
                        }));
    }

    private void releasedByHand() {
        entityManager.flush();
        entityManager.unwrap(Session.class).doWork(connection -> {
            Savepoint savepoint = connection.setSavepoint();
            change();
            entityManager.flush();
            connection.releaseSavepoint(savepoint);
        });
    }

    /** Afterwards everything is there as before. */
    private void fail() {
        try {
            nested.run(() -> {
                change();
                entityManager.flush();
                throw new Refused();
            });
        } catch (Refused e) {
            use();
        }
    }

    /** Afterwards the persistence context is empty, and what is used has to be read again. */
    private void rolledBackByHand() {
        entityManager.flush();
        entityManager.unwrap(Session.class).doWork(connection -> {
            Savepoint savepoint = connection.setSavepoint();
            change();
            entityManager.flush();
            connection.rollback(savepoint);
            connection.releaseSavepoint(savepoint);
        });
        entityManager.clear();
    }

    private int repeat(Runnable scope) {
        try (TransactionScope transaction = unitOfWork.begin()) {
            entityManager = transaction.entityManager();
            readAll();
            for (int i = 0; i < SCOPES; i++) {
                scope.run();
            }
            transaction.rollback();
        }
        return turn;
    }

    private void readAll() {
        parts = entityManager.createQuery(ALL, Part.class).getResultList();
    }

    private void change() {
        parts.get(turn++ % managed).quantity++;
    }

    private void use() {
        for (Part part : parts) {
            if (!entityManager.contains(part)) {
                throw new IllegalStateException(part.name + " is not managed");
            }
        }
    }

    @Override
    public void close() throws SQLException {
        database.close();
    }
}
