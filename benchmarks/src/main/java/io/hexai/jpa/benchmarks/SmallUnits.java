package io.hexai.jpa.benchmarks;

import io.hexai.jpa.transaction.UnitOfWork;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.hibernate.SessionFactory;

/** A unit of work that finds one entity, changes it and commits; every contestant sends the same statements for the same rows. */
final class SmallUnits implements Contest {

    private static final String CALL = "UnitOfWork.call";
    private static final String BY_HAND = "EntityManager by hand";
    private static final String SPRING = "Spring TransactionTemplate";

    private final Database database = new Database();
    private final SessionFactory factory;
    private final UnitOfWork unitOfWork;
    private final SpringByTemplate spring;
    private final Accounts accounts;

    private SmallUnits(int threads) throws Exception {
        factory = database.factory(database.pool(Math.max(2, threads)), Account.class);
        unitOfWork = UnitOfWork.of(factory);
        spring = new SpringByTemplate(factory);
        accounts = new Accounts(factory, threads);
    }

    static Comparison comparison() {
        return Comparison.of(
                        "small-unit",
                        "A unit of work that finds one entity, changes it and commits",
                        "units/s",
                        List.of(CALL, BY_HAND, SPRING),
                        () -> new SmallUnits(1))
                .claiming(Claim.rate(1, CALL, 0.97, BY_HAND))
                .claiming(Claim.bytesMore(1, CALL, 1_024, BY_HAND))
                .claiming(Claim.rate(2, CALL, 1.0, SPRING))
                .guardedBy(
                        Claim.client(1, CALL, 3, BY_HAND),
                        Claim.bytesMore(1, CALL, 6_000, BY_HAND),
                        Claim.roundTripsMore(1, CALL, 0.5, BY_HAND));
    }

    /** The same by more and more threads, each with a connection. */
    static List<Comparison> scaling() {
        return Stream.of(1, 2, 4, 8, 16, 32, 64).map(SmallUnits::scaling).toList();
    }

    private static Comparison scaling(int threads) {
        return Comparison.of(
                        "scaling-" + threads,
                        "Such units by " + threads + (threads == 1 ? " thread" : " threads"),
                        "units/s",
                        List.of(CALL, BY_HAND),
                        () -> new SmallUnits(threads))
                .withThreads(threads)
                .claiming(Claim.rate(16, CALL, 0.95, BY_HAND));
    }

    @Override
    public Map<String, Operation> operations() {
        return Map.of(
                CALL, () -> unitOfWork.call(accounts::change),
                BY_HAND, () -> ByHand.inTransaction(factory, accounts::change),
                SPRING, () -> spring.inTransaction(accounts::change));
    }

    @Override
    public void close() throws SQLException {
        database.close();
    }
}
