package io.hexai.jpa.test;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.bootstrap.HexaiJpa;
import io.hexai.jpa.database.PostgresConfig;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A copy of a template that tests use now. What lies above it is opened when first asked for. */
final class LiveDatabase implements AutoCloseable {

    private final TemplateDatabases databases;
    private final List<Class<?>> entities;
    private final PostgresConfig config;
    private @Nullable HikariDataSource pool;
    private @Nullable HexaiJpa hexaiJpa;

    private LiveDatabase(TemplateDatabases databases, List<Class<?>> entities, PostgresConfig config) {
        this.databases = databases;
        this.entities = entities;
        this.config = config;
    }

    static LiveDatabase of(DatabaseSpec spec, TemplateDatabases databases) {
        return new LiveDatabase(databases, spec.entities(), databases.copy(spec.schema()));
    }

    PostgresConfig config() {
        return config;
    }

    synchronized DataSource dataSource() {
        if (pool == null) {
            pool = config.openDataSource();
        }
        return pool;
    }

    synchronized HexaiJpa hexaiJpa() {
        if (hexaiJpa == null) {
            hexaiJpa = HexaiJpa.builder(config)
                    .entities(entities.toArray(Class<?>[]::new))
                    .dataSource(dataSource())
                    .build();
        }
        return hexaiJpa;
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
