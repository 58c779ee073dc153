package io.hexai.jpa.bootstrap;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.database.Changelog;
import io.hexai.jpa.database.Migrator;
import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.EventStoreBuilder;
import io.hexai.jpa.event.EventTypes;
import io.hexai.jpa.mapping.EncryptionKeys;
import io.hexai.jpa.transaction.UnitOfWork;
import io.hexai.jpa.transaction.UnitOfWorkBuilder;
import jakarta.persistence.EntityManagerFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.hibernate.boot.model.naming.PhysicalNamingStrategySnakeCaseImpl;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.jspecify.annotations.Nullable;

/** Builds a {@link HexaiJpa}. Not thread-safe. */
public final class HexaiJpaBuilder {

    private static final int JDBC_BATCH_SIZE = 50;

    private final PostgresConfig config;
    private final Set<Class<?>> entities = new LinkedHashSet<>();
    private final List<String> changelogs = new ArrayList<>();
    private final Map<String, Object> properties = new LinkedHashMap<>(defaults());
    private @Nullable DataSource givenDataSource;
    private boolean migrateBuiltIn;
    private UnaryOperator<EventStoreBuilder> eventStore = UnaryOperator.identity();
    private boolean withEvents;
    private UnaryOperator<UnitOfWorkBuilder> unitOfWork = UnaryOperator.identity();

    HexaiJpaBuilder(PostgresConfig config) {
        this.config = Objects.requireNonNull(config, "config");
    }

    /** What suits PostgreSQL and a unit of work that flushes once; every one can be set otherwise. */
    private static Map<String, Object> defaults() {
        return Map.of(
                AvailableSettings.STATEMENT_BATCH_SIZE,
                JDBC_BATCH_SIZE,
                AvailableSettings.ORDER_INSERTS,
                true,
                AvailableSettings.ORDER_UPDATES,
                true,
                AvailableSettings.JDBC_TIME_ZONE,
                "UTC",
                AvailableSettings.IN_CLAUSE_PARAMETER_PADDING,
                true,
                AvailableSettings.PHYSICAL_NAMING_STRATEGY,
                PhysicalNamingStrategySnakeCaseImpl.class.getName());
    }

    /**
     * Adds entity, embeddable and converter classes.
     *
     * @param classes annotated for JPA
     * @return this builder
     */
    public HexaiJpaBuilder entities(Class<?>... classes) {
        entities.addAll(List.of(classes));
        return this;
    }

    /**
     * Lets {@link #build()} bring the library's own schema up to date.
     *
     * @return this builder
     */
    public HexaiJpaBuilder migrate() {
        migrateBuiltIn = true;
        return this;
    }

    /**
     * Lets {@link #build()} bring the library's own schema up to date, and then that of a Liquibase changelog.
     *
     * @param changelog {@code classpath:…} or a path; several calls run several, in their order
     * @return this builder
     */
    public HexaiJpaBuilder migrate(String changelog) {
        changelogs.add(Objects.requireNonNull(changelog, "changelog"));
        return migrate();
    }

    /**
     * Adds an event store over the table {@code hexai__events}, which {@link #migrate()} creates.
     *
     * @param types the event classes that it writes and reads
     * @return this builder
     */
    public HexaiJpaBuilder events(EventTypes types) {
        return events(types, UnaryOperator.identity());
    }

    /**
     * Adds an event store over the table {@code hexai__events}, which {@link #migrate()} creates.
     *
     * @param types the event classes that it writes and reads
     * @param change applied to the store's builder, in {@link #build()}
     * @return this builder
     */
    public HexaiJpaBuilder events(EventTypes types, UnaryOperator<EventStoreBuilder> change) {
        withEvents = true;
        eventStore = builder -> change.apply(builder.types(types));
        return entities(HexaiJpa.managedClasses().toArray(Class<?>[]::new));
    }

    /**
     * Gives the factory the keys of its encrypted attributes.
     *
     * @param keys what {@link io.hexai.jpa.mapping.Encrypted} attributes are encrypted with
     * @return this builder
     */
    public HexaiJpaBuilder encryption(EncryptionKeys keys) {
        return property(EncryptionKeys.SETTING, Objects.requireNonNull(keys, "keys"));
    }

    /**
     * Uses a data source that the application made, instead of a pool opened from the configuration.
     *
     * @param dataSource of the configured database; stays open when the instance is closed
     * @return this builder
     */
    public HexaiJpaBuilder dataSource(DataSource dataSource) {
        this.givenDataSource = Objects.requireNonNull(dataSource, "dataSource");
        return this;
    }

    /**
     * Sets a property of Hibernate's or Jakarta Persistence's; it goes before the library's default: JDBC batches of 50 with
     * ordered inserts and updates, time zone UTC, names in snake_case.
     *
     * @param name the property's name
     * @param value its value
     * @return this builder
     */
    public HexaiJpaBuilder property(String name, Object value) {
        properties.put(name, value);
        return this;
    }

    /**
     * Changes how the unit of work is built: its default options, its listeners.
     *
     * @param change applied to the builder, in {@link #build()}
     * @return this builder
     */
    public HexaiJpaBuilder unitOfWork(UnaryOperator<UnitOfWorkBuilder> change) {
        UnaryOperator<UnitOfWorkBuilder> before = unitOfWork;
        unitOfWork = builder -> change.apply(before.apply(builder));
        return this;
    }

    /**
     * Opens the pool, migrates if told so, and makes the factory. If one of it fails, what was opened is closed again.
     *
     * @return the instance, to be closed by the caller
     */
    public HexaiJpa build() {
        if (givenDataSource != null) {
            return build(givenDataSource, () -> {});
        }
        HikariDataSource pool = config.openDataSource();
        return build(pool, pool::close);
    }

    private HexaiJpa build(DataSource dataSource, Runnable closer) {
        try {
            runMigrations();
            EntityManagerFactory factory = factory(dataSource);
            try {
                UnitOfWork scopes =
                        unitOfWork.apply(UnitOfWork.builder(factory)).build();
                EventStore store = withEvents
                        ? eventStore.apply(EventStore.builder(scopes)).build()
                        : null;
                return new HexaiJpa(dataSource, closer, factory, scopes, store);
            } catch (RuntimeException | Error e) {
                factory.close();
                throw e;
            }
        } catch (RuntimeException | Error e) {
            closer.run();
            throw e;
        }
    }

    /** On connections of its own if it may, since the pool may hold too few of them. */
    private void runMigrations() {
        List<Changelog> all = new ArrayList<>();
        if (migrateBuiltIn) {
            all.add(Changelog.builtIn());
        }
        changelogs.forEach(location -> all.add(Changelog.at(location)));
        DataSource given = givenDataSource;
        all.forEach(
                changelog -> (given == null ? Migrator.of(config, changelog) : Migrator.of(given, changelog)).run());
    }

    private EntityManagerFactory factory(DataSource dataSource) {
        return new HibernatePersistenceConfiguration(config.database())
                .managedClasses(entities)
                .properties(properties)
                .property(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, dataSource)
                .createEntityManagerFactory();
    }
}
