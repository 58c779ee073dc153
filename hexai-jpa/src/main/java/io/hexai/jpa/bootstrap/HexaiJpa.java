package io.hexai.jpa.bootstrap;

import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.HexaiEvent;
import io.hexai.jpa.subscription.EventSubscription;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.EntityManagerFactory;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A database with everything the library offers over it: a connection pool, an entity manager factory and a unit of work.
 * Thread-safe; one instance serves an application. Closing it closes what it opened.
 */
public final class HexaiJpa implements AutoCloseable {

    private final DataSource dataSource;
    private final Runnable dataSourceCloser;
    private final EntityManagerFactory entityManagerFactory;
    private final UnitOfWork unitOfWork;
    private final @Nullable EventStore eventStore;

    HexaiJpa(
            DataSource dataSource,
            Runnable dataSourceCloser,
            EntityManagerFactory entityManagerFactory,
            UnitOfWork unitOfWork,
            @Nullable EventStore eventStore) {
        this.dataSource = dataSource;
        this.dataSourceCloser = dataSourceCloser;
        this.entityManagerFactory = entityManagerFactory;
        this.unitOfWork = unitOfWork;
        this.eventStore = eventStore;
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
     * Returns the connection pool, or the data source that the application gave.
     *
     * @return open at least until this instance is closed
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

    /**
     * Returns the event store.
     *
     * @return always the same
     * @throws IllegalStateException if it was built without {@link HexaiJpaBuilder#events}
     */
    public EventStore eventStore() {
        if (eventStore == null) {
            throw new IllegalStateException("There is no event store: name the events with HexaiJpa.builder(…)"
                    + ".events(EventTypes.of(…)), which also adds the store's entity to the persistence unit.");
        }
        return eventStore;
    }

    /**
     * Returns the library's own entity classes, for a persistence unit that is made elsewhere.
     *
     * @return to be added to the managed classes
     */
    public static List<Class<?>> managedClasses() {
        List<Class<?>> classes = new ArrayList<>(EventSubscription.managedClasses());
        classes.add(HexaiEvent.class);
        return List.copyOf(classes);
    }

    /** Closes the factory, and the pool unless the application gave it. A unit of work that still runs fails. */
    @Override
    public void close() {
        try {
            entityManagerFactory.close();
        } finally {
            dataSourceCloser.run();
        }
    }
}
