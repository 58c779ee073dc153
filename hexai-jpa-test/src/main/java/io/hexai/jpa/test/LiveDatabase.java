package io.hexai.jpa.test;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.bootstrap.HexaiJpa;
import io.hexai.jpa.bootstrap.HexaiJpaBuilder;
import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.event.EventStore;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ParameterResolutionException;

/** A copy of a template that tests use now. What lies above it is opened when first asked for. */
final class LiveDatabase implements AutoCloseable {

    private final TemplateDatabases databases;
    private final DatabaseSpec spec;
    private final PostgresConfig config;
    private final JdbcObservers observers = new JdbcObservers();
    private final ArmedFaults faults = new ArmedFaults();
    private @Nullable HikariDataSource pool;
    private @Nullable RollbackDataSource rollback;
    private @Nullable HexaiJpa hexaiJpa;

    private LiveDatabase(TemplateDatabases databases, DatabaseSpec spec, PostgresConfig config) {
        this.databases = databases;
        this.spec = spec;
        this.config = config;
        observers.add(faults);
    }

    static LiveDatabase of(DatabaseSpec spec, TemplateDatabases databases) {
        return new LiveDatabase(databases, spec, databases.copy(spec.schema()));
    }

    ArmedFaults faults() {
        return faults;
    }

    JdbcObservers observers() {
        return observers;
    }

    EventStore eventStore() {
        if (!spec.builtIn()) {
            throw new ParameterResolutionException(
                    spec + " has no EventStore, since it was declared without the library's own tables");
        }
        return hexaiJpa().eventStore();
    }

    Subscriptions subscriptions() {
        requireCommits("subscription");
        return Subscriptions.of(hexaiJpa().unitOfWork());
    }

    TwoSessions twoSessions() {
        requireCommits("second session");
        return TwoSessions.of(hexaiJpa().unitOfWork());
    }

    private void requireCommits(String who) {
        if (spec.isolation() == TestIsolation.ROLLBACK) {
            throw new ParameterResolutionException(
                    spec + " has isolation ROLLBACK, in which nothing is committed that a " + who
                            + " could see. Choose CLONE_PER_CLASS, CLONE_PER_METHOD or TRUNCATE.");
        }
    }

    PostgresConfig config() {
        return config;
    }

    synchronized DataSource dataSource() {
        if (spec.isolation() == TestIsolation.ROLLBACK) {
            return rollbackDataSource();
        }
        return pool();
    }

    private synchronized RollbackDataSource rollbackDataSource() {
        if (rollback == null) {
            rollback = new RollbackDataSource(pool(), observers);
        }
        return rollback;
    }

    /** Begins the transaction of a test, to be closed with it. */
    RollbackTransaction beginRollback() {
        return rollbackDataSource().begin();
    }

    private synchronized DataSource pool() {
        if (pool == null) {
            pool = config.openDataSource(
                    settings -> settings.setDataSource(new ObservedDataSource(settings.getDataSource(), observers)));
        }
        return pool;
    }

    synchronized HexaiJpa hexaiJpa() {
        if (hexaiJpa == null) {
            hexaiJpa = spec.isolation() == TestIsolation.ROLLBACK
                    ? rollbackDataSource().aside(this::build)
                    : build();
        }
        return hexaiJpa;
    }

    private HexaiJpa build() {
        HexaiJpaBuilder builder = HexaiJpa.builder(config)
                .entities(spec.entities().toArray(Class<?>[]::new))
                .dataSource(dataSource());
        return (spec.builtIn() ? builder.events(spec.eventTypes()) : builder).build();
    }

    @Override
    public synchronized void close() {
        try {
            if (hexaiJpa != null) {
                hexaiJpa.close();
            }
        } finally {
            try {
                if (pool != null) {
                    pool.close();
                }
            } finally {
                databases.drop(config);
            }
        }
    }
}
