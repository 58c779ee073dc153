package io.hexai.jpa.database;

import static io.hexai.jpa.database.ChangelogFiles.changeSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hexai.jpa.database.MigrationProgress.Step;
import io.hexai.jpa.testing.LogLines;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import liquibase.change.core.RawSQLChange;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.DatabaseChangeLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigratorTest {

    private static final String ONE = changeSet("one", "CREATE TABLE one (a int)", "DROP TABLE one");
    private static final String TWO = changeSet("two", "CREATE TABLE two (a int)", "DROP TABLE two");
    private static final String TAG =
            "<changeSet id=\"tag\" author=\"test\"><tagDatabase tag=\"first release\"/></changeSet>";

    private final MigrationDatabase database = new MigrationDatabase();
    private ChangelogFiles files;

    @TempDir
    Path directory;

    @BeforeEach
    void openFiles() {
        files = new ChangelogFiles(directory);
    }

    @AfterEach
    void drop() {
        database.close();
    }

    @Nested
    class ADryRunOfAChangelog {

        @Test
        void writesNothingAtAllAndItsScriptDoesTheSameAsARun() {
            String trigger = changeSet(
                    "two",
                    "splitStatements",
                    "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$",
                    "");
            Migrator migrator = migrator(
                    ONE, trigger.replace("splitStatements", "").replace("<sql>", "<sql splitStatements=\"false\">"));

            MigrationPlan plan = migrator.dryRun();

            assertThat(plan.names()).containsExactly("changelog.xml::one::test", "changelog.xml::two::test");
            assertThat(everythingInTheDatabase()).isEmpty();

            database.execute(plan.sql());
            List<String> byScript = database.schema();
            assertThat(database.ledger()).hasSize(2);
            assertThat(migrator.run().applied()).isEmpty();
            try (MigrationDatabase other = new MigrationDatabase()) {
                Migrator.of(other.dataSource(), Changelog.at(files.write("changelog.xml", changelogText())))
                        .run();
                assertThat(byScript).isEqualTo(withoutLockTable(other.schema()));
                assertThat(database.ledger()).isEqualTo(other.ledger());
            }
        }

        @Test
        void tellsOnlyWhatIsPending() {
            migrator(ONE).run();
            List<String> before = database.schema();

            MigrationPlan plan = migrator(ONE, TWO).dryRun();

            assertThat(plan.names()).containsExactly("changelog.xml::two::test");
            assertThat(plan.preparation()).isEmpty();
            assertThat(plan.sql())
                    .contains("CREATE TABLE two")
                    .contains("INSERT INTO")
                    .doesNotContain("CREATE TABLE one");
            assertThat(database.schema()).isEqualTo(before);
            assertThat(migrator(ONE).dryRun().sql()).isEmpty();
        }

        @Test
        void putsNoTransactionAroundAChangeThatWantsNone() {
            MigrationPlan plan = migrator(changeSet("one", "runInTransaction=\"false\"", "CREATE DATABASE x", ""))
                    .dryRun();
            assertThat(plan.sql()).contains("CREATE DATABASE x").doesNotContain("BEGIN;");
        }

        @Test
        void ofARollbackWritesNothing() {
            Migrator migrator = migrator(ONE, TWO);
            migrator.run();
            List<String> before = database.schema();

            MigrationPlan plan = migrator.dryRollBack(1);

            assertThat(plan.names()).containsExactly("changelog.xml::two::test");
            assertThat(database.schema()).isEqualTo(before);
            database.execute(plan.sql());
            assertThat(database.tables()).containsExactly("one");
            assertThat(migrator.status().pending()).containsExactly("changelog.xml::two::test");
        }

        @Test
        void failsAsTheRunWouldForAnEditedChangeset() {
            migrator(ONE).run();
            assertThatThrownBy(() ->
                            migrator(changeSet("one", "CREATE TABLE other ()")).dryRun())
                    .isInstanceOf(MigrationHistoryException.class);
        }

        private String changelogText() {
            try {
                return Files.readString(directory.resolve("changelog.xml"));
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        private List<String> withoutLockTable(List<String> schema) {
            return schema.stream()
                    .filter(line -> !line.contains("databasechangeloglock"))
                    .toList();
        }
    }

    @Nested
    class ADryRunOfADirectory {

        @Test
        void writesNothingAtAllAndItsScriptDoesTheSameAsARun() {
            files.migration("1_first", "CREATE TABLE first (a text DEFAULT '; -- rollback') -- the end");
            files.migration("2_second", "CREATE SCHEMA s; SET search_path = s; CREATE TABLE second ()");
            Migrator migrator = directoryMigrator();

            MigrationPlan plan = migrator.dryRun();

            assertThat(plan.names()).containsExactly("1_first", "2_second");
            assertThat(everythingInTheDatabase()).isEmpty();

            database.execute(plan.sql());
            assertThat(migrator.status().isUpToDate()).isTrue();
            assertThat(migrator.run().applied()).isEmpty();
            assertThat(database.tables()).containsExactly("first", "hexai__migrations");
        }

        @Test
        void leavesALedgerOfTheTypeScriptLibraryAlone() {
            database.execute(
                    "CREATE TABLE hexai__migrations (id serial PRIMARY KEY, name varchar(255) NOT NULL,"
                            + " run_on timestamp NOT NULL DEFAULT now()); INSERT INTO hexai__migrations (name) VALUES ('1_first')");
            files.migration("1_first", "CREATE TABLE first ()");
            files.migration("2_second", "CREATE TABLE second ()");
            List<String> before = database.schema();

            MigrationPlan plan = directoryMigrator().dryRun();

            assertThat(plan.names()).containsExactly("2_second");
            assertThat(database.schema()).isEqualTo(before);
            database.execute(plan.sql());
            assertThat(directoryMigrator().run().applied()).isEmpty();
        }

        @Test
        void ofARollbackWritesNothing() {
            files.migration("1_first", "CREATE TABLE first ()\n-- rollback\nDROP TABLE first");
            directoryMigrator().run();
            List<String> before = database.schema();

            MigrationPlan plan = directoryMigrator().dryRollBack(5);

            assertThat(database.schema()).isEqualTo(before);
            database.execute(plan.sql());
            assertThat(database.tables()).containsExactly("hexai__migrations");
            assertThat(directoryMigrator().status().pending()).containsExactly("1_first");
        }
    }

    @Nested
    class TheStatus {

        @Test
        void ofAnEmptyDatabaseIsThatAllIsPending() {
            MigrationStatus changelog = migrator(ONE, TWO).status();
            assertThat(changelog.pending()).containsExactly("changelog.xml::one::test", "changelog.xml::two::test");
            assertThat(changelog.applied()).isEmpty();
            files.migration("1_first", "SELECT 1");
            assertThat(directoryMigrator().status().pending()).containsExactly("1_first");
            assertThat(everythingInTheDatabase()).isEmpty();
        }

        @Test
        void ofAChangelogNamesWhatWasEditedHasVanishedOrComesLate() {
            String three = changeSet("three", "CREATE TABLE three ()");
            migrator(ONE, TWO, three).run();
            Migrations.runEventTable(database.dataSource(), "of_another_changelog");

            Migrator changed = migrator(
                    changeSet("one", "CREATE TABLE other ()"),
                    changeSet("late", "SELECT 1"),
                    three,
                    changeSet("new", "SELECT 1"));
            MigrationStatus status = changed.status();

            assertThat(status.applied())
                    .containsExactly(
                            "changelog.xml::one::test", "changelog.xml::two::test", "changelog.xml::three::test");
            assertThat(status.edited()).containsExactly("changelog.xml::one::test");
            assertThat(status.vanished()).containsExactly("changelog.xml::two::test");
            assertThat(status.pending()).containsExactly("changelog.xml::late::test", "changelog.xml::new::test");
            assertThat(status.outOfOrder()).containsExactly("changelog.xml::late::test");
            assertThat(status.isUpToDate()).isFalse();
            MigrationHistoryException failure =
                    catchThrowableOfType(MigrationHistoryException.class, changed::validate);
            assertThat(failure.edited()).isEqualTo(status.edited());
            assertThat(failure.vanished()).isEqualTo(status.vanished());
        }

        @Test
        void ofADirectoryIsReadable() {
            files.migration("1_first", "SELECT 1");
            files.migration("3_third", "SELECT 1");
            directoryMigrator().run();
            files.migration("1_first", "SELECT 2");
            files.migration("2_second", "SELECT 1");
            files.migration("4_fourth", "SELECT 1");

            assertThat(directoryMigrator().status()).hasToString("""
                    hexai__migrations: 2 applied, 2 pending
                      edited    1_first
                      pending   2_second (comes before an applied one)
                      pending   4_fourth""");
            assertThatThrownBy(() -> directoryMigrator().validate())
                    .isInstanceOf(MigrationHistoryException.class)
                    .hasMessageContaining("1_first");
        }

        @Test
        void isUpToDateAfterARun() {
            Migrator migrator = migrator(ONE);
            migrator.run();
            assertThat(migrator.status().isUpToDate()).isTrue();
            migrator.validate();
        }
    }

    @Nested
    class ATag {

        @Test
        void ofAChangelogIsRolledBackTo() {
            Migrator migrator =
                    migrator(ONE, TAG, TWO, changeSet("three", "CREATE TABLE three ()", "DROP TABLE three"));
            migrator.run();

            assertThat(migrator.dryRollBackTo("first release").names())
                    .containsExactly(
                            "changelog.xml::three::test", "changelog.xml::two::test", "changelog.xml::tag::test");
            assertThat(migrator.rollBackTo("first release"))
                    .containsExactly(
                            "changelog.xml::three::test", "changelog.xml::two::test", "changelog.xml::tag::test");

            assertThat(database.tables()).containsExactly("one");
        }

        @Test
        void isSetOnTheStateOfNow() {
            migrator(ONE).run();
            migrator(ONE).tag("v1");
            Migrator migrator = migrator(ONE, TWO);
            migrator.run();

            assertThat(migrator.rollBackTo("v1")).containsExactly("changelog.xml::two::test");
        }

        @Test
        void ofADirectoryOrAMigrationsNameIsRolledBackTo() {
            files.migration("1_first", "CREATE TABLE first ();\n-- rollback\nDROP TABLE first");
            directoryMigrator().run();
            directoryMigrator().tag("v1");
            files.migration("2_second", "CREATE TABLE second ();\n-- rollback\nDROP TABLE second");
            files.migration("3_third", "CREATE TABLE third ();\n-- rollback\nDROP TABLE third");
            directoryMigrator().run();

            assertThat(directoryMigrator().rollBackTo("2_second")).containsExactly("3_third");
            assertThat(directoryMigrator().dryRollBackTo("v1").names()).containsExactly("2_second");
            assertThat(directoryMigrator().rollBackTo("v1")).containsExactly("2_second");
            assertThat(database.tables()).containsExactly("first", "hexai__migrations");
        }

        @Test
        void thatDoesNotExistIsNamed() {
            migrator(ONE).run();
            assertThatThrownBy(() -> migrator(ONE).rollBackTo("nowhere"))
                    .isInstanceOf(InvalidMigrationException.class)
                    .hasMessageContaining("\"nowhere\"");
            files.migration("1_first", "SELECT 1\n-- rollback\n");
            assertThatThrownBy(() -> directoryMigrator().tag("v1")).isInstanceOf(IllegalStateException.class);
            directoryMigrator().run();
            assertThatThrownBy(() -> directoryMigrator().rollBackTo("nowhere"))
                    .isInstanceOf(InvalidMigrationException.class)
                    .hasMessageContaining("\"nowhere\"");
            assertThat(database.tables()).containsExactly("hexai__migrations", "one");
        }
    }

    @Nested
    class AChangelogInAnotherForm {

        @Test
        void mayBeYamlOrSql() {
            String yaml = files.write("changelog.yaml", """
                    databaseChangeLog:
                      - changeSet:
                          id: one
                          author: test
                          changes:
                            - createTable:
                                tableName: one
                                columns:
                                  - column: { name: a, type: int }
                    """);
            String sql = files.write("changelog.sql", """
                    --liquibase formatted sql
                    --changeset test:two
                    CREATE TABLE two (a int);
                    --rollback DROP TABLE two;
                    """);

            assertThat(Migrations.run(database.dataSource(), yaml).names())
                    .containsExactly("changelog.yaml::one::test");
            assertThat(Migrations.run(database.dataSource(), sql).names()).containsExactly("changelog.sql::two::test");
            assertThat(database.tables()).containsExactly("one", "two");
            assertThat(Migrations.rollBack(database.dataSource(), sql, 1)).containsExactly("changelog.sql::two::test");
        }

        @Test
        void mayBeMadeByAProgram() {
            Migrator migrator = Migrator.of(database.dataSource(), Changelog.of("program", MigratorTest::program));

            assertThat(migrator.dryRun().sql()).contains("CREATE TABLE made ()");
            assertThat(migrator.run().names()).containsExactly("program::one::test");
            assertThat(migrator.run().applied()).isEmpty();
            assertThat(migrator.status().isUpToDate()).isTrue();
        }

        @Test
        void mayHaveParametersContextsAndLabels() {
            String content = String.join(
                    "",
                    changeSet("one", "CREATE TABLE ${prefix}_one ()"),
                    changeSet("test", "context=\"test\"", "CREATE TABLE test ()", ""),
                    changeSet("beta", "labels=\"beta\"", "CREATE TABLE beta ()", ""));
            Changelog changelog = Changelog.at(files.changelog(content))
                    .withParameter("prefix", "my")
                    .withContexts("production")
                    .withLabels("!beta");

            assertThat(Migrator.of(database.dataSource(), changelog).status().pending())
                    .hasSize(1);
            Migrator.of(database.dataSource(), changelog).run();

            assertThat(database.tables()).containsExactly("my_one");
        }
    }

    @Nested
    class Progress {

        @Test
        void isToldStepByStepAndLoggedInOneLineForEachMigration() {
            List<String> steps = new ArrayList<>();
            String skipped = changeSet("two", "SELECT 1")
                    .replace(
                            "<sql>",
                            "<preConditions onFail=\"CONTINUE\"><tableExists tableName=\"none\"/></preConditions><sql>");
            AtomicReference<MigrationReport> report = new AtomicReference<>();
            List<String> lines = LogLines.of(
                    Migrations.class,
                    () -> report.set(migrator(ONE, skipped)
                            .withListener(one -> steps.add(one.step() + " " + one.position() + "/" + one.total()))
                            .run()));
            assertThat(lines)
                    .hasSize(2)
                    .anyMatch(line -> line.matches("INFO Applied changelog.xml::one::test \\(1 of 2\\) in \\d+ ms.*"))
                    .anyMatch(line -> line.equals(
                            "INFO Skipped changelog.xml::two::test (2 of 2): its precondition does not hold"));
            assertThat(steps).containsExactly("STARTED 1/2", "APPLIED 1/2", "STARTED 2/2", "SKIPPED 2/2");
            assertThat(report.get().names()).containsExactly("changelog.xml::one::test");
        }

        @Test
        void ofADirectoryIsToldToo() {
            files.migration("1_first", "SELECT 1\n-- rollback\nSELECT 1");
            List<Step> steps = new ArrayList<>();
            Migrator migrator = directoryMigrator().withListener(one -> steps.add(one.step()));
            migrator.run();
            migrator.rollBack(1);
            assertThat(steps).containsExactly(Step.STARTED, Step.APPLIED, Step.STARTED, Step.ROLLED_BACK);
        }

        @Test
        void isNotToldToTheConsole() {
            PrintStream out = System.out;
            PrintStream err = System.err;
            ByteArrayOutputStream printed = new ByteArrayOutputStream();
            PrintStream capture = new PrintStream(printed, true, StandardCharsets.UTF_8);
            System.setOut(capture);
            System.setErr(capture);
            try {
                Migrator migrator = migrator(ONE, TWO);
                migrator.dryRun();
                migrator.status();
                migrator.run();
                migrator.rollBack(2);
            } finally {
                System.setOut(out);
                System.setErr(err);
            }
            assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
        }

        @Test
        void endsTheRunWhereItsListenerThrows() {
            assertThatThrownBy(() -> migrator(ONE, TWO)
                            .withListener(one -> {
                                if (one.step() == Step.APPLIED) {
                                    throw new IllegalStateException("enough");
                                }
                            })
                            .run())
                    .hasMessage("enough");
            assertThat(database.tables()).containsExactly("one");
            assertThat(migrator(ONE, TWO).run().names()).containsExactly("changelog.xml::two::test");
        }
    }

    private static DatabaseChangeLog program() {
        DatabaseChangeLog changeLog = new DatabaseChangeLog("program");
        ChangeSet one = new ChangeSet("one", "test", false, false, "program", null, null, changeLog);
        one.addChange(new RawSQLChange("CREATE TABLE made ()"));
        changeLog.addChangeSet(one);
        return changeLog;
    }

    private Migrator migrator(String... changeSets) {
        return Migrator.of(database.dataSource(), Changelog.at(files.changelog(changeSets)));
    }

    private Migrator directoryMigrator() {
        return Migrator.of(database.dataSource(), SqlDirectory.at(directory.toString()));
    }

    /** Names every relation, function and schema that is not the server's own. */
    private List<String> everythingInTheDatabase() {
        return Stream.of(
                        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace",
                        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
                        "SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%'"
                                + " AND nspname NOT IN ('public', 'information_schema')")
                .flatMap(query -> database.rows(query).stream())
                .toList();
    }
}
