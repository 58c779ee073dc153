package io.hexai.jpa.examples.isolated;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.examples.isolated.persistence.ContractRow;
import io.hexai.jpa.examples.isolated.persistence.CustomerRow;
import io.hexai.jpa.transaction.UnitOfWork;
import org.hibernate.SessionFactory;
import org.hibernate.boot.model.naming.PhysicalNamingStrategySnakeCaseImpl;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.jpa.HibernatePersistenceConfiguration;

/** The pool and the factory, made by hand, with tables that Hibernate makes. */
final class Storage implements AutoCloseable {

    private final HikariDataSource pool;
    private final SessionFactory factory;

    Storage(PostgresConfig config) {
        pool = config.openDataSource();
        // region factory
        factory = new HibernatePersistenceConfiguration("isolated")
                .managedClasses(CustomerRow.class, ContractRow.class)
                .mappingFiles("isolated/orm.xml")
                // endregion
                .property(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, pool)
                .property(AvailableSettings.JAKARTA_HBM2DDL_DATABASE_ACTION, "drop-and-create")
                .property(AvailableSettings.PHYSICAL_NAMING_STRATEGY, new PhysicalNamingStrategySnakeCaseImpl())
                .createEntityManagerFactory();
    }

    UnitOfWork unitOfWork() {
        return UnitOfWork.of(factory);
    }

    @Override
    public void close() {
        factory.close();
        pool.close();
    }
}
