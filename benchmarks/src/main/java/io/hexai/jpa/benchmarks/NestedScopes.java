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
import java.util.stream.Stream;
import org.hibernate.Session;
import org.hibernate.SessionFactory;

/**
 * A nested scope that changes one of the managed entities, beside a savepoint by hand. There are a hundred in each transaction,
 * so that the time is that of the scopes, and is not that of the server's way through old versions of rows either.
 */
final class NestedScopes implements Contest {

    private static final String NESTED = "Propagation.NESTED";
    private static final String SAVEPOINT = "flush and savepoint by hand";
    private static final int SCOPES = 100;

    private final Database database = new Database();
    private final UnitOfWork unitOfWork;
    private final UnitOfWork nested;
    private final int managed;
    private EntityManager entityManager;
    private List<Part> parts = new ArrayList<>();
    private int turn;

    private NestedScopes(int managed) throws SQLException {
        this.managed = managed;
        SessionFactory factory = database.factory(database.pool(2), Part.class);
        unitOfWork = UnitOfWork.of(factory);
        nested = unitOfWork.with(Propagation.NESTED);
        entityManager = factory.createEntityManager();
        Part.persist(factory, managed);
    }

    static List<Comparison> comparisons() {
        return Stream.of(10, 1_000).map(NestedScopes::comparison).toList();
    }

    private static Comparison comparison(int managed) {
        Comparison comparison = Comparison.of(
                        "nested-success-" + managed,
                        "A nested scope that succeeds, among " + managed + " managed entities",
                        "scopes/s",
                        List.of(NESTED, SAVEPOINT),
                        () -> new NestedScopes(managed))
                .withOperations(SCOPES)
                .claiming(Claim.rate(4, NESTED, 0.95, SAVEPOINT));
        return managed == 10
                ? comparison
                : comparison.guardedBy(
                        Claim.client(4, NESTED, 5, SAVEPOINT), Claim.bytesMore(4, NESTED, 150_000, SAVEPOINT));
    }

    @Override
    public Map<String, Operation> operations() {
        return Map.of(
                NESTED, () -> repeat(() -> nested.run(this::change)), SAVEPOINT, () -> repeat(this::releasedByHand));
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

    private int repeat(Runnable scope) {
        try (TransactionScope transaction = unitOfWork.begin()) {
            entityManager = transaction.entityManager();
            parts = entityManager
                    .createQuery("from Part order by id", Part.class)
                    .getResultList();
            for (int i = 0; i < SCOPES; i++) {
                scope.run();
            }
            transaction.rollback();
        }
        return turn;
    }

    private void change() {
        parts.get(turn++ % managed).quantity++;
    }

    @Override
    public void close() throws SQLException {
        database.close();
    }
}
