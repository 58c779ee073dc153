package io.hexai.jpa.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiquibaseInteroperabilityTest {

    private static final String BUILT_IN = "hexai-jpa/built-in.xml";
    private static final String EVENT_TABLE = "hexai-jpa/event-table.xml";

    private final MigrationDatabase database = new MigrationDatabase();

    @TempDir
    Path directory;

    @AfterEach
    void drop() {
        database.close();
    }

    @Nested
    class TheBuiltInSchema {

        private final MigrationDatabase byApi = new MigrationDatabase();

        @BeforeEach
        void migrateByApi() {
            Migrations.runBuiltIn(byApi.dataSource());
        }

        @AfterEach
        void dropByApi() {
            byApi.close();
        }

        @Test
        void isTheSameByTheCommandLineWhichAlsoRollsItBack() {
            LiquibaseProcess.commandLine(database, directory, BUILT_IN, "update");
            assertSameAsByApi();
            assertThat(Migrations.runBuiltIn(database.dataSource()).applied()).isEmpty();

            LiquibaseProcess.commandLine(database, directory, BUILT_IN, "rollback-count", "--count=100");
            assertThat(database.ledger()).isEmpty();
            assertThat(database.tables()).isEmpty();
        }

        @Test
        void isTheSameByTheMavenPlugin() {
            LiquibaseProcess.mavenPlugin(database, directory, BUILT_IN, "liquibase:update");
            assertSameAsByApi();
            assertThat(Migrations.runBuiltIn(database.dataSource()).applied()).isEmpty();
        }

        @Test
        void isRecognisedByTheCommandLine() {
            List<String> ledger = byApi.ledger();
            LiquibaseProcess.commandLine(byApi, directory, BUILT_IN, "update");
            assertThat(byApi.ledger()).isEqualTo(ledger);
        }

        private void assertSameAsByApi() {
            assertThat(database.ledger()).isEqualTo(byApi.ledger());
            assertThat(database.schema()).isEqualTo(byApi.schema());
        }
    }

    @Nested
    class AnEventTable {

        @Test
        void isTheSameByTheCommandLine() {
            LiquibaseProcess.commandLine(database, directory, EVENT_TABLE, "update", "-Dhexai.eventTable=order_events");
            try (MigrationDatabase byApi = new MigrationDatabase()) {
                Migrations.runEventTable(byApi.dataSource(), "order_events");
                assertThat(database.ledger()).isEqualTo(byApi.ledger());
                assertThat(database.schema()).isEqualTo(byApi.schema());
            }
        }
    }
}
