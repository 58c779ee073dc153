package io.hexai.jpa.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.testing.TestFactory;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Persistence;
import jakarta.transaction.TransactionManager;
import jakarta.transaction.UserTransaction;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.stream.Stream;
import org.hibernate.FlushMode;
import org.hibernate.Interceptor;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.cfg.Configuration;
import org.hibernate.cfg.JdbcSettings;
import org.hibernate.cfg.MultiTenancySettings;
import org.hibernate.engine.jdbc.connections.spi.AbstractDataSourceBasedMultiTenantConnectionProviderImpl;
import org.hibernate.engine.transaction.jta.platform.internal.AbstractJtaPlatform;
import org.hibernate.jpa.HibernateHints;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.hibernate.resource.jdbc.spi.PhysicalConnectionHandlingMode;
import org.hibernate.resource.jdbc.spi.StatementInspector;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ForeignFactoryTest extends AccountTests {

    @Test
    void worksWithAPersistenceUnitOfAnXmlFile() {
        try (HikariDataSource pool = TestFactory.pool(database.jdbcUrl(), 2);
                EntityManagerFactory factory = Persistence.createEntityManagerFactory(
                        "foreign", Map.of(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, pool))) {
            exercise(UnitOfWork.of(factory));
            assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
        }
    }

    @Test
    void worksWithHibernatesOwnPoolAndCompliance() {
        try (EntityManagerFactory factory = new HibernatePersistenceConfiguration("compliant")
                .managedClasses(Account.class)
                .property(AvailableSettings.JAKARTA_JDBC_URL, database.jdbcUrl())
                .property(AvailableSettings.JPA_COMPLIANCE, true)
                .createEntityManagerFactory()) {
            exercise(UnitOfWork.of(factory));
        }
    }

    @Test
    void worksWithANativeConfiguration() {
        try (HikariDataSource pool = TestFactory.pool(database.jdbcUrl(), 2)) {
            pool.setAutoCommit(false);
            Configuration configuration = new Configuration().addAnnotatedClass(Account.class);
            configuration.getProperties().put(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, pool);
            configuration.getProperties().put(AvailableSettings.CONNECTION_PROVIDER_DISABLES_AUTOCOMMIT, true);
            try (EntityManagerFactory factory = configuration.buildSessionFactory()) {
                exercise(UnitOfWork.of(factory));
            }
            assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
        }
    }

    /** Settings that change how Hibernate itself treats connections, transactions, flushes and statements. */
    static Stream<Map<String, Object>> settings() {
        Stream<Map<String, Object>> ofConnections = Stream.concat(
                Stream.of(PhysicalConnectionHandlingMode.values())
                        .map(mode -> Map.of(AvailableSettings.CONNECTION_HANDLING, mode)),
                Stream.of(true, false)
                        .map(disabled -> Map.of(AvailableSettings.CONNECTION_PROVIDER_DISABLES_AUTOCOMMIT, disabled)));
        Stream<Map<String, Object>> ofFlushes = Stream.of(FlushMode.values())
                .map(mode ->
                        Map.of(HibernateHints.HINT_FLUSH_MODE, mode.name(), AvailableSettings.ORDER_INSERTS, true));
        StatementInspector commenting = sql -> "/* inspected */ " + sql;
        return Stream.of(
                        ofConnections,
                        ofFlushes,
                        Stream.<Map<String, Object>>of(
                                Map.of(AvailableSettings.INTERCEPTOR, new Interceptor() {}),
                                Map.of(AvailableSettings.STATEMENT_INSPECTOR, commenting),
                                Map.of(
                                        AvailableSettings.DEFAULT_SCHEMA,
                                        "public",
                                        AvailableSettings.CURRENT_SESSION_CONTEXT_CLASS,
                                        "thread"),
                                Map.of(AvailableSettings.AUTO_CLOSE_SESSION, true),
                                Map.of(AvailableSettings.ALLOW_UPDATE_OUTSIDE_TRANSACTION, true)))
                .flatMap(each -> each);
    }

    @ParameterizedTest
    @MethodSource("settings")
    void worksWhateverTheSettings(Map<String, Object> settings) {
        try (HikariDataSource pool = TestFactory.pool(database.jdbcUrl(), 2);
                EntityManagerFactory factory = new HibernatePersistenceConfiguration("set")
                        .managedClasses(Account.class)
                        .property(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, pool)
                        .properties(settings)
                        .createEntityManagerFactory()) {
            exercise(UnitOfWork.of(factory));
            assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
        }
    }

    /** Commit, rollback, nested restore after a failed flush, and a commit that fails. */
    private static void exercise(UnitOfWork unitOfWork) {
        unitOfWork.run(em -> {
            Account first = new Account("1", 1);
            first.email = "same";
            em.persist(first);
            assertThatThrownBy(() -> unitOfWork.with(Propagation.NESTED).run(() -> {
                        first.balance = 2;
                        Account second = new Account("2", 1);
                        second.email = "same";
                        em.persist(second);
                    }))
                    .isInstanceOf(org.hibernate.exception.ConstraintViolationException.class);
            assertThat(first.balance).isOne();
        });
        assertThatThrownBy(() -> unitOfWork.run(em -> {
                    em.persist(new Account("3", 1));
                    em.flush();
                    throw new IllegalStateException();
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> unitOfWork.run(em -> em.persist(new Account("1", 9))))
                .isInstanceOf(org.hibernate.exception.ConstraintViolationException.class);
        unitOfWork.with(TransactionOptions.optimistic()).run(em -> {
            em.find(Account.class, "1").balance = 7;
        });

        assertThat(database.select("SELECT id || balance FROM account")).containsExactly("17");
    }

    @Nested
    class Refused {

        @Test
        void isAClosedFactory() {
            EntityManagerFactory factory;
            try (HikariDataSource pool = TestFactory.pool(database.jdbcUrl(), 1)) {
                factory = new HibernatePersistenceConfiguration("closed")
                        .managedClasses(Account.class)
                        .property(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, pool)
                        .createEntityManagerFactory();
                factory.close();
            }

            assertThatThrownBy(() -> UnitOfWork.of(factory))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("closed");
        }

        @Test
        void isAFactoryThatUsesJta() {
            try (HikariDataSource pool = TestFactory.pool(database.jdbcUrl(), 1);
                    EntityManagerFactory factory = new HibernatePersistenceConfiguration("jta")
                            .managedClasses(Account.class)
                            .property(AvailableSettings.JAKARTA_JTA_DATASOURCE, pool)
                            .property(AvailableSettings.DIALECT, "org.hibernate.dialect.PostgreSQLDialect")
                            .property(AvailableSettings.TRANSACTION_COORDINATOR_STRATEGY, "jta")
                            .property(AvailableSettings.JTA_PLATFORM, new NoJtaPlatform())
                            .createEntityManagerFactory()) {
                assertThatThrownBy(() -> UnitOfWork.of(factory))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("'jta'")
                        .hasMessageContaining("RESOURCE_LOCAL");
            }
        }

        @Test
        void isAFactoryOfManyTenants() {
            try (HikariDataSource pool = TestFactory.pool(database.jdbcUrl(), 1);
                    EntityManagerFactory factory = new HibernatePersistenceConfiguration("tenants")
                            .managedClasses(Account.class)
                            .property(MultiTenancySettings.MULTI_TENANT_CONNECTION_PROVIDER, new OneTenant(pool))
                            .createEntityManagerFactory()) {
                assertThatThrownBy(() -> UnitOfWork.of(factory))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("multi-tenant");
            }
        }

        @Test
        void isAFactoryOfAnotherDatabase() {
            try (HikariDataSource pool = TestFactory.pool(database.jdbcUrl(), 1);
                    EntityManagerFactory factory = new HibernatePersistenceConfiguration("other")
                            .managedClasses(Account.class)
                            .property(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, pool)
                            .property(AvailableSettings.DIALECT, "org.hibernate.dialect.H2Dialect")
                            .property(JdbcSettings.ALLOW_METADATA_ON_BOOT, false)
                            .createEntityManagerFactory()) {
                assertThatThrownBy(() -> UnitOfWork.of(factory))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("'other'")
                        .hasMessageContaining("H2Dialect")
                        .hasMessageContaining("PostgreSQLDialect");
            }
        }

        @Test
        void isAFactoryThatIsNotHibernates() {
            EntityManagerFactory other = (EntityManagerFactory) Proxy.newProxyInstance(
                    getClass().getClassLoader(),
                    new Class<?>[] {EntityManagerFactory.class},
                    (self, method, arguments) -> {
                        if (method.getName().equals("isOpen")) {
                            return true;
                        }
                        throw new jakarta.persistence.PersistenceException("cannot unwrap");
                    });

            assertThatThrownBy(() -> UnitOfWork.of(other))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("not Hibernate's");
        }
    }

    private static final class NoJtaPlatform extends AbstractJtaPlatform {
        private static final long serialVersionUID = 1L;

        @Override
        protected TransactionManager locateTransactionManager() {
            throw new UnsupportedOperationException();
        }

        @Override
        protected UserTransaction locateUserTransaction() {
            throw new UnsupportedOperationException();
        }
    }

    private static final class OneTenant extends AbstractDataSourceBasedMultiTenantConnectionProviderImpl<Object> {
        private static final long serialVersionUID = 1L;

        private final transient HikariDataSource pool;

        private OneTenant(HikariDataSource pool) {
            this.pool = pool;
        }

        @Override
        protected HikariDataSource selectAnyDataSource() {
            return pool;
        }

        @Override
        protected HikariDataSource selectDataSource(Object tenant) {
            return pool;
        }

        @Override
        public Connection getAnyConnection() throws SQLException {
            return pool.getConnection();
        }
    }
}
