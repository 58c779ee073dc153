package io.hexai.jpa.examples.migrations;

import io.hexai.jpa.bootstrap.HexaiJpa;
import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.database.SchemaCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The ways in which a database comes to the built-in schema and that of the library. */
enum SchemaUpdate {

    /** By the program itself, when it starts; also by many of them at once. */
    AT_THE_START {
        @Override
        void run(PostgresConfig database) {
            // region start
            try (HexaiJpa jpa = HexaiJpa.builder(database)
                    .entities(Book.class)
                    .migrate("classpath:library/changelog.xml")
                    .build()) {
                SchemaCheck.of(jpa.entityManagerFactory()).verify();
            }
            // endregion
        }
    },

    /** By {@code liquibase update}, whose script runs this class too. */
    BY_THE_COMMAND_LINE {
        @Override
        void run(PostgresConfig database) throws IOException, InterruptedException {
            Command.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-classpath",
                            System.getProperty("java.class.path"),
                            "liquibase.integration.commandline.LiquibaseCommandLine",
                            "--log-level=severe",
                            "update",
                            "--changelog-file=library/all.xml")
                    .with("LIQUIBASE_COMMAND_URL", database.toJdbcUrl())
                    .run();
        }
    },

    /** By the plugin that {@code schema/pom.xml} sets up. */
    BY_THE_MAVEN_PLUGIN {
        @Override
        void run(PostgresConfig database) throws IOException, InterruptedException {
            Command.maven("-Dlibrary-schema", "-pl", "liquibase,examples/migrations/schema", "process-classes")
                    .with("LIBRARY_JDBC_URL", database.toJdbcUrl())
                    .run();
        }
    };

    static final List<SchemaUpdate> ALL = List.of(values());

    abstract void run(PostgresConfig database) throws IOException, InterruptedException;
}
