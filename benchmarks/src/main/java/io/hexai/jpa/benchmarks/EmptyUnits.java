package io.hexai.jpa.benchmarks;

import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.EntityManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.hibernate.SessionFactory;

/** A unit of work that does nothing. */
final class EmptyUnits implements Contest {

    private static final String RUN = "UnitOfWork.run";
    private static final String CALL = "UnitOfWork.call, with the entity manager";
    private static final String BY_HAND = "EntityManager by hand";

    private final Database database = new Database();
    private final SessionFactory factory = database.factory(database.pool(2), Account.class);
    private final UnitOfWork unitOfWork = UnitOfWork.of(factory);

    private EmptyUnits() throws Exception {}

    static Comparison comparison() {
        return Comparison.of(
                        "empty-unit",
                        "A unit of work that does nothing",
                        "units/s",
                        List.of(RUN, CALL, BY_HAND),
                        EmptyUnits::new)
                .claiming(Claim.time(3, RUN, 1.5, BY_HAND))
                .claiming(Claim.time(3, CALL, 1.5, BY_HAND))
                .claiming(Claim.roundTrips(3, RUN, 0))
                .claiming(Claim.roundTrips(3, CALL, 0))
                .guardedBy(Claim.client(3, CALL, 8, BY_HAND), Claim.roundTrips(3, CALL, 0));
    }

    @Override
    public Map<String, Operation> operations() {
        return Map.of(
                RUN,
                () -> unitOfWork.call(() -> true),
                CALL,
                () -> unitOfWork.call(EntityManager::isOpen),
                BY_HAND,
                () -> ByHand.inTransaction(factory, EntityManager::isOpen));
    }

    @Override
    public void close() throws SQLException {
        database.close();
    }
}
