package io.hexai.jpa.transaction;

import io.hexai.jpa.internal.SupportedVersions;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceException;
import org.hibernate.dialect.Dialect;
import org.hibernate.dialect.PostgreSQLDialect;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.resource.transaction.spi.TransactionCoordinatorBuilder;

/** Refuses, when a unit of work is made, the factories it could not work with. */
final class FactoryCheck {

    private FactoryCheck() {}

    static SessionFactoryImplementor usable(EntityManagerFactory factory) {
        if (!factory.isOpen()) {
            throw new IllegalArgumentException(
                    "The EntityManagerFactory is closed. Give an open one; the unit of work does not close it.");
        }
        SessionFactoryImplementor sessionFactory = unwrapped(factory);
        String name = sessionFactory.getName() == null ? "" : " '" + sessionFactory.getName() + "'";
        if (sessionFactory
                .getServiceRegistry()
                .requireService(TransactionCoordinatorBuilder.class)
                .isJta()) {
            throw new IllegalArgumentException("The EntityManagerFactory" + name
                    + " uses JTA, where the container owns the transactions. Make one with the transaction type"
                    + " RESOURCE_LOCAL and a non-JTA data source.");
        }
        Dialect dialect = sessionFactory.getJdbcServices().getDialect();
        if (!(dialect instanceof PostgreSQLDialect)) {
            throw new IllegalArgumentException("The EntityManagerFactory" + name + " uses the dialect "
                    + dialect.getClass().getName() + ", but the unit of work is made for PostgreSQL. Use"
                    + " PostgreSQLDialect, or a dialect that extends it.");
        }
        if (sessionFactory.getSessionFactoryOptions().isMultiTenancyEnabled()) {
            throw new IllegalArgumentException("The EntityManagerFactory" + name
                    + " is multi-tenant, so it has no single source of connections. Make one factory for each tenant.");
        }
        SupportedVersions.require(sessionFactory);
        return sessionFactory;
    }

    private static SessionFactoryImplementor unwrapped(EntityManagerFactory factory) {
        try {
            return factory.unwrap(SessionFactoryImplementor.class);
        } catch (PersistenceException e) {
            throw new IllegalArgumentException(
                    "The EntityManagerFactory " + factory.getClass().getName()
                            + " is not Hibernate's, on whose session the unit of work is built.",
                    e);
        }
    }
}
