package io.hexai.jpa.test;

import io.hexai.jpa.bootstrap.HexaiJpa;
import io.hexai.jpa.database.Migrations;
import io.hexai.jpa.database.PostgresConfig;
import java.util.List;
import org.hibernate.cfg.AvailableSettings;

/** What a template database holds. Equal ones are made once. */
record TemplateSchema(boolean builtIn, List<String> changelogs, List<Class<?>> entities) {

    boolean isEmpty() {
        return !builtIn && changelogs.isEmpty() && entities.isEmpty();
    }

    void applyTo(PostgresConfig database) {
        if (builtIn) {
            Migrations.runBuiltIn(database);
        }
        for (String changelog : changelogs) {
            Migrations.run(database, changelog);
        }
        if (!entities.isEmpty()) {
            createTables(database);
        }
    }

    /** By a factory with the settings of those that the tests will use, so that names agree. */
    private void createTables(PostgresConfig database) {
        HexaiJpa.builder(database)
                .entities(entities.toArray(Class<?>[]::new))
                .property(AvailableSettings.JAKARTA_HBM2DDL_DATABASE_ACTION, "create")
                .build()
                .close();
    }
}
