package io.hexai.jpa.bootstrap;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.EntityManagerFactory;
import javax.sql.DataSource;

/**
 * A database with everything the library offers over it: a connection pool, an entity manager factory and a unit of work.
 * Thread-safe; one instance serves an application. Closing it closes what it opened.
 */
public final class HexaiJpa implements AutoCloseable {

    private final HikariDataSource dataSource;
    private final EntityManagerFactory entityManagerFactory;
    private final UnitOfWork unitOfWork;

    HexaiJpa(HikariDataSource dataSource, EntityManagerFactory entityManagerFactory, UnitOfWork unitOfWork) {
        this.dataSource = dataSource;
        this.entityManagerFactory = entityManagerFactory;
        this.unitOfWork = unitOfWork;
    }

    /**
     * Starts to put together what an application needs of one database.
     *
     * @param config where the database is
     * @return the builder
     */
    public static HexaiJpaBuilder builder(PostgresConfig config) {
        return new HexaiJpaBuilder(config);
    }

    /**
     * Returns the connection pool.
     *
     * @return open until this instance is closed
     */
    public DataSource dataSource() {
        return dataSource;
    }

    /**
     * Returns the entity manager factory.
     *
     * @return open until this instance is closed
     */
    public EntityManagerFactory entityManagerFactory() {
        return entityManagerFactory;
    }

    /**
     * Returns the unit of work over the factory.
     *
     * @return always the same
     */
    public UnitOfWork unitOfWork() {
        return unitOfWork;
    }

    /** Closes the factory and the pool. A unit of work that still runs fails. */
    @Override
    public void close() {
        try {
            entityManagerFactory.close();
        } finally {
            dataSource.close();
        }
    }
}
