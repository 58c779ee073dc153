package io.hexai.jpa.benchmarks;

import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.orm.jpa.EntityManagerFactoryUtils;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.vendor.HibernateJpaDialect;
import org.springframework.transaction.support.TransactionTemplate;

/** A transaction as Spring's users write it, with what Spring sets for Hibernate. */
final class SpringByTemplate {

    private final EntityManagerFactory factory;
    private final TransactionTemplate template;

    SpringByTemplate(EntityManagerFactory factory) {
        this.factory = factory;
        JpaTransactionManager transactions = new JpaTransactionManager(factory);
        transactions.setJpaDialect(new HibernateJpaDialect());
        template = new TransactionTemplate(transactions);
    }

    <R> @Nullable R inTransaction(Function<? super EntityManager, R> work) {
        return template.execute(status -> work.apply(entityManager()));
    }

    private EntityManager entityManager() {
        return Objects.requireNonNull(EntityManagerFactoryUtils.getTransactionalEntityManager(factory));
    }
}
