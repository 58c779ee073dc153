package io.hexai.jpa.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.bootstrap.HexaiJpa;
import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.EventTypes;
import io.hexai.jpa.transaction.UnitOfWork;
import io.hexai.jpa.transaction.UnitOfWorkBuilder;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.hibernate.engine.spi.SessionImplementor;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.orm.jpa.persistenceunit.PersistenceManagedTypes;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** An application's own persistence unit, put together by Spring, and a unit of work beside it. */
final class SpringJpa implements AutoCloseable {

    private final LocalContainerEntityManagerFactoryBean bean = new LocalContainerEntityManagerFactoryBean();

    final EntityManagerFactory factory;
    final JpaTransactionManager manager = new JpaTransactionManager();
    final JdbcTemplate jdbc;
    final EntityManager shared;
    final UnitOfWork unitOfWork;

    SpringJpa(DataSource dataSource) {
        this(dataSource, builder -> {});
    }

    SpringJpa(DataSource dataSource, Consumer<UnitOfWorkBuilder> settings) {
        bean.setPersistenceUnitName("spring");
        bean.setDataSource(dataSource);
        bean.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
        bean.setManagedTypes(
                PersistenceManagedTypes.of(Stream.concat(Stream.of(Account.class), HexaiJpa.managedClasses().stream())
                        .map(Class::getName)
                        .toArray(String[]::new)));
        bean.afterPropertiesSet();
        factory = bean.getObject();
        manager.setEntityManagerFactory(factory);
        manager.setNestedTransactionAllowed(true);
        manager.afterPropertiesSet();
        jdbc = new JdbcTemplate(dataSource);
        shared = SharedEntityManagerCreator.createSharedEntityManager(factory);
        UnitOfWorkBuilder builder = UnitOfWork.builder(factory).host(SpringTransactions.of(manager));
        settings.accept(builder);
        unitOfWork = builder.build();
    }

    TransactionTemplate transaction() {
        return new TransactionTemplate(manager);
    }

    TransactionTemplate transaction(int propagation) {
        TransactionTemplate template = transaction();
        template.setPropagationBehavior(propagation);
        return template;
    }

    TransactionTemplate requiresNew() {
        return transaction(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
    }

    TransactionTemplate nested() {
        return transaction(TransactionDefinition.PROPAGATION_NESTED);
    }

    EventStore drainingStore() {
        return EventStore.builder(unitOfWork)
                .types(EventTypes.of(Account.Deposited.class))
                .drainAggregates()
                .build();
    }

    /** As seen by others, outside of every transaction. */
    int balance(String id) {
        return jdbc.query("SELECT balance FROM account WHERE id = ?", (row, n) -> row.getInt(1), id).stream()
                .findFirst()
                .orElse(-1);
    }

    Account persisted(String id) {
        return transaction().execute(status -> {
            Account account = new Account(id);
            shared.persist(account);
            return account;
        });
    }

    static EntityManager session(EntityManager entityManager) {
        return entityManager.unwrap(SessionImplementor.class);
    }

    static void swallow(ThrowingCallable work) {
        assertThatThrownBy(work).isNotNull();
    }

    static void synchronize(TransactionSynchronization synchronization) {
        TransactionSynchronizationManager.registerSynchronization(synchronization);
    }

    /** What every test must leave behind: nothing. */
    void requireCleanThread() {
        assertThat(TransactionSynchronizationManager.getResourceMap()).isEmpty();
        assertThat(TransactionSynchronizationManager.isSynchronizationActive()).isFalse();
        assertThat(TransactionSynchronizationManager.isActualTransactionActive())
                .isFalse();
        assertThat(TransactionSynchronizationManager.getCurrentTransactionName())
                .isNull();
        assertThat(unitOfWork.isActive()).isFalse();
        assertThat(jdbc.queryForObject(
                        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                                + " AND state LIKE 'idle in transaction%'",
                        Integer.class))
                .isZero();
    }

    @Override
    public void close() {
        bean.destroy();
    }
}
