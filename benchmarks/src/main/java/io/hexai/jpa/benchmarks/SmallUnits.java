package io.hexai.jpa.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityTransaction;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.hibernate.SessionFactory;
import org.springframework.orm.jpa.EntityManagerFactoryUtils;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.vendor.HibernateJpaDialect;
import org.springframework.transaction.support.TransactionTemplate;

/** A unit of work that finds one entity, changes it and commits; every contestant sends the same statements for the same rows. */
final class SmallUnits implements Contest {

    private static final String CALL = "UnitOfWork.call";
    private static final String BY_HAND = "EntityManager by hand";
    private static final String SPRING = "Spring TransactionTemplate";
    private static final int ROWS = 1_000;

    private final Database database = new Database();
    private final SessionFactory factory;
    private final UnitOfWork unitOfWork;
    private final TransactionTemplate template;

    private SmallUnits(int threads) throws Exception {
        HikariDataSource pool = database.pool(Math.max(2, threads));
        factory = database.factory(pool, Account.class);
        unitOfWork = UnitOfWork.of(factory);
        JpaTransactionManager transactions = new JpaTransactionManager(factory);
        transactions.setJpaDialect(new HibernateJpaDialect());
        template = new TransactionTemplate(transactions);
        unitOfWork.run(em -> {
            for (long id = 0; id < ROWS; id++) {
                em.persist(new Account(id));
            }
        });
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
                .claiming(Claim.rate(2, CALL, 1.0, SPRING));
    }

    @Override
    public Map<String, Operation> operations() {
        Map<String, Operation> operations = new LinkedHashMap<>();
        operations.put(CALL, () -> unitOfWork.call(SmallUnits::change));
        operations.put(BY_HAND, this::byHand);
        operations.put(
                SPRING,
                () -> template.execute(
                        status -> change(EntityManagerFactoryUtils.getTransactionalEntityManager(factory))));
        return operations;
    }

    private static Account change(EntityManager em) {
        Account account = em.find(Account.class, ThreadLocalRandom.current().nextLong(ROWS));
        account.cents++;
        return account;
    }

    private Account byHand() {
        try (EntityManager em = factory.createEntityManager()) {
            EntityTransaction transaction = em.getTransaction();
            transaction.begin();
            try {
                Account changed = change(em);
                transaction.commit();
                return changed;
            } catch (Throwable failure) {
                if (transaction.isActive()) {
                    transaction.rollback();
                }
                throw failure;
            }
        }
    }

    @Override
    public void close() throws SQLException {
        database.close();
    }
}
