package io.hexai.jpa.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.hexai.jpa.bootstrap.HexaiJpa;
import io.hexai.jpa.test.PostgresTest;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.orm.jpa.persistenceunit.PersistenceManagedTypes;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;

/** The code of the guide's page about Spring, in an application context. */
@PostgresTest(entities = Account.class)
class SpringGuideTest {

    @Test
    void bothDirectionsShareThePersistenceContext(DataSource dataSource) {
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
            context.registerBean(DataSource.class, () -> dataSource, definition -> definition.setDestroyMethodName(""));
            context.register(Application.class);
            context.refresh();
            Bank bank = context.getBean(Bank.class);
            bank.open("a");
            bank.open("b");

            bank.pay("a", "b", 5);
            bank.payAll("a", "b", "nobody");

            assertThat(bank.balance("a")).isEqualTo(-6);
            assertThat(bank.balance("b")).isEqualTo(6);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableTransactionManagement(proxyTargetClass = true)
    static class Application {

        @Bean
        LocalContainerEntityManagerFactoryBean entityManagerFactory(DataSource dataSource) {
            LocalContainerEntityManagerFactoryBean bean = new LocalContainerEntityManagerFactoryBean();
            bean.setDataSource(dataSource);
            bean.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
            bean.setManagedTypes(PersistenceManagedTypes.of(
                    Stream.concat(Stream.of(Account.class), HexaiJpa.managedClasses().stream())
                            .map(Class::getName)
                            .toArray(String[]::new)));
            return bean;
        }

        // region beans
        @Bean
        JpaTransactionManager transactionManager(EntityManagerFactory factory) {
            return new JpaTransactionManager(factory);
        }

        @Bean
        UnitOfWork unitOfWork(EntityManagerFactory factory, JpaTransactionManager manager) {
            UnitOfWork unitOfWork = UnitOfWork.builder(factory)
                    .host(SpringTransactions.of(manager))
                    .build();
            manager.addListener(JoinEveryTransaction.of(() -> unitOfWork));
            return unitOfWork;
        }
        // endregion

        @Bean
        Bank bank(EntityManagerFactory factory, UnitOfWork unitOfWork, Ledger ledger) {
            return new Bank(SharedEntityManagerCreator.createSharedEntityManager(factory), unitOfWork, ledger);
        }

        @Bean
        Ledger ledger(EntityManagerFactory factory) {
            return new Ledger(SharedEntityManagerCreator.createSharedEntityManager(factory));
        }
    }

    static class Ledger {

        private final EntityManager entityManager;

        Ledger(EntityManager entityManager) {
            this.entityManager = entityManager;
        }

        @Transactional
        public void post(String id, int amount) {
            entityManager.find(Account.class, id).deposit(amount);
        }
    }

    static class Bank {

        private final EntityManager entityManager;
        private final UnitOfWork unitOfWork;
        private final Ledger ledger;

        Bank(EntityManager entityManager, UnitOfWork unitOfWork, Ledger ledger) {
            this.entityManager = entityManager;
            this.unitOfWork = unitOfWork;
            this.ledger = ledger;
        }

        @Transactional
        public void open(String id) {
            entityManager.persist(new Account(id));
        }

        @Transactional(readOnly = true)
        public int balance(String id) {
            return entityManager.find(Account.class, id).balance();
        }

        // region participating
        void pay(String from, String to, int amount) {
            unitOfWork.run(() -> {
                ledger.post(from, -amount); // @Transactional: takes part in the unit of work
                ledger.post(to, amount);
            });
        }
        // endregion

        // region joining
        @Transactional
        public void payAll(String from, String... receivers) {
            for (String to : receivers) {
                try {
                    unitOfWork.with(Propagation.NESTED).run(() -> pay(from, to, 1));
                } catch (NullPointerException noSuchAccount) {
                    // this payment is undone, in the database and in the entities; the others stay
                }
            }
        }
        // endregion
    }
}
