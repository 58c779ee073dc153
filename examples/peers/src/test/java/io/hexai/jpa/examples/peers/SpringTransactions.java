package io.hexai.jpa.examples.peers;

import static java.util.Objects.requireNonNull;

import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.hibernate.SessionFactory;
import org.springframework.orm.jpa.EntityManagerFactoryUtils;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.hibernate.HibernateTransactionManager;
import org.springframework.orm.jpa.vendor.HibernateJpaDialect;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Spring's transactions, as {@code @Transactional} runs them. */
final class SpringTransactions implements Peer {

    private final EntityManagerFactory factory;
    private final PlatformTransactionManager manager;

    private SpringTransactions(EntityManagerFactory factory, PlatformTransactionManager manager) {
        this.factory = factory;
        this.manager = manager;
    }

    static Peer ofJpa(EntityManagerFactory factory, DataSource dataSource) {
        JpaTransactionManager manager = new JpaTransactionManager(factory);
        manager.setDataSource(dataSource);
        manager.setNestedTransactionAllowed(true); // off unless asked for
        manager.setJpaDialect(new HibernateJpaDialect());
        manager.afterPropertiesSet();
        return new SpringTransactions(factory, manager);
    }

    static Peer ofHibernate(SessionFactory factory) {
        HibernateTransactionManager manager = new HibernateTransactionManager(factory);
        manager.setNestedTransactionAllowed(true); // off unless asked for
        manager.afterPropertiesSet();
        return new SpringTransactions(factory, manager);
    }

    @Override
    public void transaction(Consumer<EntityManager> work) {
        run(
                TransactionDefinition.PROPAGATION_REQUIRED,
                () -> work.accept(requireNonNull(EntityManagerFactoryUtils.getTransactionalEntityManager(factory))));
    }

    @Override
    public void nested(Runnable work) {
        run(TransactionDefinition.PROPAGATION_NESTED, work);
    }

    @Override
    public void joined(Runnable work) {
        run(TransactionDefinition.PROPAGATION_REQUIRED, work);
    }

    @Override
    public void afterCommit(Runnable hook) {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                hook.run();
            }
        });
    }

    private void run(int propagation, Runnable work) {
        TransactionTemplate template = new TransactionTemplate(manager);
        template.setPropagationBehavior(propagation);
        template.executeWithoutResult(status -> work.run());
    }
}
