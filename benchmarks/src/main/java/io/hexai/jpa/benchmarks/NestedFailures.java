package io.hexai.jpa.benchmarks;

import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.EntityManager;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.hibernate.Session;
import org.hibernate.SessionFactory;

/**
 * A nested scope that changes one of a thousand managed entities and fails, after which the work uses some of them. By hand, they
 * have to be read again. Loading the thousand is done for each scope, since by hand most are gone afterwards, and does not count.
 */
final class NestedFailures implements Contest {

    private static final String NESTED = "Propagation.NESTED";
    private static final String BY_HAND = "savepoint, clear and reload by hand";
    private static final int MANAGED = 1_000;
    private static final String ALL = "from Part order by id";

    private final Database database = new Database();
    private final SessionFactory factory = database.factory(database.pool(2), Part.class);
    private final UnitOfWork unitOfWork = UnitOfWork.of(factory);
    private final UnitOfWork nested = unitOfWork.with(Propagation.NESTED);
    private final List<Long> used;
    private int turn;

    /** Ends the scope. */
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Refused() {
            super("refused", null, false, false);
        }
    }

    private NestedFailures(int used) throws SQLException {
        this.used = LongStream.range(0, used).boxed().toList();
        Part.persist(factory, MANAGED);
    }

    static List<Comparison> comparisons() {
        return Stream.of(1, 10, 100, MANAGED).map(NestedFailures::comparison).toList();
    }

    private static Comparison comparison(int used) {
        Comparison comparison = Comparison.of(
                        "nested-failure-" + used,
                        "A nested scope that fails among " + MANAGED + " managed entities, of which " + used
                                + (used == 1 ? " is" : " are") + " used afterwards",
                        "scopes/s",
                        List.of(NESTED, BY_HAND),
                        () -> new NestedFailures(used))
                .claiming(Claim.rate(5, NESTED, 5, BY_HAND));
        return used == MANAGED ? comparison.guardedBy(Claim.rate(5, NESTED, 0.5, BY_HAND)) : comparison;
    }

    @Override
    public Map<String, Operation> operations() {
        return Map.of(NESTED, () -> unitOfWork.call(this::fail), BY_HAND, () -> unitOfWork.call(this::failByHand));
    }

    private int fail(EntityManager em) {
        List<Part> parts = readAll(em);
        long begun = System.nanoTime();
        try {
            nested.run(() -> {
                change(parts);
                em.flush();
                throw new Refused();
            });
        } catch (Refused e) {
            for (Long id : used) {
                use(em, parts.get(id.intValue()));
            }
        }
        Findings.timed(System.nanoTime() - begun);
        return parts.size();
    }

    private int failByHand(EntityManager em) {
        List<Part> parts = readAll(em);
        long begun = System.nanoTime();
        em.flush();
        em.unwrap(Session.class).doWork(connection -> {
            Savepoint savepoint = connection.setSavepoint();
            change(parts);
            em.flush();
            connection.rollback(savepoint);
            connection.releaseSavepoint(savepoint);
        });
        em.clear();
        for (Part part : reload(em)) {
            use(em, part);
        }
        Findings.timed(System.nanoTime() - begun);
        return parts.size();
    }

    /** By the fastest of Hibernate's ways for so many. */
    private List<Part> reload(EntityManager em) {
        return switch (used.size()) {
            case 1 -> List.of(em.find(Part.class, used.get(0)));
            case MANAGED -> readAll(em);
            default -> em.unwrap(Session.class).findMultiple(Part.class, used);
        };
    }

    private static List<Part> readAll(EntityManager em) {
        return em.createQuery(ALL, Part.class).getResultList();
    }

    private void change(List<Part> parts) {
        parts.get(turn++ % MANAGED).quantity++;
    }

    private static void use(EntityManager em, Part part) {
        if (!em.contains(part) || part.quantity != 0) {
            throw new IllegalStateException(part.name + " is not as it was");
        }
    }

    @Override
    public void close() throws SQLException {
        database.close();
    }
}
