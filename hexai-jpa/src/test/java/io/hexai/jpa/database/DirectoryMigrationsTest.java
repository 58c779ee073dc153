package io.hexai.jpa.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class DirectoryMigrationsTest {

    private final MigrationDatabase database = new MigrationDatabase();

    @TempDir
    Path directory;

    @AfterEach
    void drop() {
        database.close();
    }

    @Nested
    class ADirectory {

        @Test
        void isAppliedInNumericOrderAndRecorded() throws IOException {
            migration("10_third", "CREATE TABLE third (a int REFERENCES second)");
            migration("2_second", "CREATE TABLE second (a int PRIMARY KEY REFERENCES first)");
            migration("1_first", "CREATE TABLE first (a int PRIMARY KEY)");

            MigrationReport report = run();

            assertThat(report.names()).containsExactly("1_first", "2_second", "10_third");
            assertThat(ledger()).containsExactly("1_first", "2_second", "10_third");
            assertThat(database.value("SELECT count(checksum) FROM hexai__migrations WHERE run_on <= now()"))
                    .isEqualTo("3");
        }

        @Test
        void ordersEqualNumbersByName() throws IOException {
            migration("1_b", "SELECT 1");
            migration("01_c", "SELECT 1");
            migration("1_a", "SELECT 1");
            assertThat(run().names()).containsExactly("01_c", "1_a", "1_b");
        }

        @Test
        void isAppliedOnlyOnce() throws IOException {
            migration("1_first", "CREATE TABLE first ()");
            run();
            migration("2_second", "CREATE TABLE second ()");
            assertThat(run().names()).containsExactly("2_second");
            assertThat(run().applied()).isEmpty();
        }

        @Test
        void mayHaveSeveralStatementsBodiesAndBraces() throws IOException {
            migration("1_all", """
                    CREATE TABLE a (b jsonb DEFAULT '{"x": "?"}');
                    CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;
                    CREATE FUNCTION g() RETURNS int BEGIN ATOMIC SELECT 2; END;
                    INSERT INTO a VALUES (DEFAULT)
                    """);
            run();
            assertThat(database.value("SELECT f(), g(), b FROM a")).isEqualTo("1|2|{\"x\": \"?\"}");
        }

        @Test
        void isRecordedEvenIfItDoesNothing() throws IOException {
            migration("1_empty", "");
            migration("2_comment", "-- nothing\n");
            run();
            assertThat(ledger()).containsExactly("1_empty", "2_comment");
        }

        @Test
        void mayBeEmpty() {
            assertThat(run().applied()).isEmpty();
        }

        @Test
        void mayChangeTheSearchPathWithoutLosingTheLedger() throws IOException {
            migration("1_path", "CREATE SCHEMA other; SELECT set_config('search_path', '', false)");
            migration("2_after", "CREATE TABLE after ()");
            run();
            assertThat(database.tables()).contains("after");
            assertThat(ledger()).containsExactly("1_path", "2_after");
        }

        @Test
        void isFoundOnTheClassPathAndWithinAJar() throws Exception {
            Path jar = directory.resolve("migrations.jar");
            try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
                for (String entry : List.of("db/", "db/steps/", "db/steps/1_jar/")) {
                    out.putNextEntry(new JarEntry(entry));
                }
                out.putNextEntry(new JarEntry("db/steps/1_jar/migration.sql"));
                out.write("CREATE TABLE from_jar ()".getBytes(StandardCharsets.UTF_8));
            }
            Path classes = directory.resolve("classes");
            Files.createDirectories(classes.resolve("db/steps/2_directory"));
            Files.writeString(classes.resolve("db/steps/2_directory/migration.sql"), "CREATE TABLE from_directory ()");
            Thread thread = Thread.currentThread();
            ClassLoader before = thread.getContextClassLoader();
            try (URLClassLoader loader = new URLClassLoader(
                    new URL[] {jar.toUri().toURL(), classes.toUri().toURL()}, before)) {
                thread.setContextClassLoader(loader);
                MigrationReport report = Migrations.runDirectory(database.dataSource(), "classpath:db/steps");
                assertThat(report.names()).containsExactly("1_jar", "2_directory");
            } finally {
                thread.setContextClassLoader(before);
            }
        }
    }

    @Nested
    class ADirectoryThatCannotRun {

        @Test
        void isNamedWhenItIsMissing() {
            Path missing = directory.resolve("missing");
            assertThatThrownBy(() -> Migrations.runDirectory(database.dataSource(), missing.toString()))
                    .isInstanceOf(InvalidMigrationException.class)
                    .hasMessageContaining(missing.toString());
            assertThatThrownBy(() -> Migrations.runDirectory(database.dataSource(), "classpath:missing"))
                    .isInstanceOf(InvalidMigrationException.class)
                    .hasMessageContaining("classpath:missing");
        }

        @Test
        void isRefusedWithoutANumber() throws IOException {
            migration("first", "SELECT 1");
            assertInvalid("\"first\"");
        }

        @Test
        void isRefusedWithoutAScript() throws IOException {
            Files.createDirectories(directory.resolve("1_nothing"));
            assertInvalid("\"1_nothing\" has no migration.sql");
        }

        @Test
        void isRefusedWhenItIsNotUtf8() throws IOException {
            Files.createDirectories(directory.resolve("1_latin"));
            Files.write(directory.resolve("1_latin/migration.sql"), new byte[] {(byte) 0xE9});
            assertInvalid("1_latin: is not UTF-8");
        }

        @Test
        void isRefusedAsAWholeWhenOneControlsTransactions() throws IOException {
            migration("1_first", "CREATE TABLE first ()");
            migration("2_second", "CREATE TABLE second ();\nCOMMIT;");
            assertInvalid("2_second: COMMIT in line 2");
            assertThat(database.tables()).isEmpty();
        }

        @Test
        void isRefusedWhenAnAppliedMigrationWasEditedOrHasVanished() throws IOException {
            migration("1_first", "CREATE TABLE first ()");
            migration("2_second", "CREATE TABLE second ()");
            run();
            migration("1_first", "CREATE TABLE other ()");
            Files.delete(directory.resolve("2_second/migration.sql"));
            Files.delete(directory.resolve("2_second"));
            migration("3_third", "CREATE TABLE third ()");

            MigrationHistoryException failure = catchThrowableOfType(MigrationHistoryException.class, () -> run());

            assertThat(failure.edited()).containsExactly("1_first");
            assertThat(failure.vanished()).containsExactly("2_second");
            assertThat(failure).hasMessageContaining("1_first").hasMessageContaining("2_second");
            assertThat(failure.table()).isEqualTo("hexai__migrations");
            assertThat(database.tables()).doesNotContain("third");
        }

        @Test
        void keepsWhatWasAppliedBeforeTheMigrationThatFails() throws IOException {
            migration("1_first", "CREATE TABLE first ()");
            migration("2_second", "CREATE TABLE second (); SELECT 1 / 0");
            migration("3_third", "CREATE TABLE third ()");

            MigrationFailedException failure = catchThrowableOfType(MigrationFailedException.class, () -> run());

            assertThat(failure.migration()).isEqualTo("2_second");
            assertThat(failure.table()).isEqualTo("hexai__migrations");
            assertThat(failure).hasMessageContaining("division by zero");
            assertThat(database.tables()).containsExactly("first", "hexai__migrations");
            assertThat(ledger()).containsExactly("1_first");
        }

        private void assertInvalid(String message) {
            assertThatThrownBy(() -> run())
                    .isInstanceOf(InvalidMigrationException.class)
                    .hasMessageContaining(message);
        }
    }

    @Nested
    class ItsChecksum {

        @Test
        void doesNotDependOnLineEndsNorOnTheRollbackPart() throws IOException {
            migration("1_first", "CREATE TABLE first ();\nSELECT 1;\n");
            run();
            migration("1_first", "CREATE TABLE first ();\r\nSELECT 1;\r\n-- rollback\r\nDROP TABLE first;\r\n");
            assertThat(run().applied()).isEmpty();
        }
    }

    @Nested
    class ACrash {

        @Test
        void leavesNeitherChangeNorRecord() throws IOException {
            migration("1_first", "CREATE TABLE first ()");
            run();
            migration("2_second", "CREATE TABLE second (); SELECT pg_terminate_backend(pg_backend_pid())");

            assertThatThrownBy(() -> run()).isInstanceOf(MigrationFailedException.class);

            assertThat(database.tables()).containsExactly("first", "hexai__migrations");
            assertThat(ledger()).containsExactly("1_first");
            migration("2_second", "CREATE TABLE second ()");
            assertThat(run().names()).containsExactly("2_second");
        }

        @Test
        void ofTheLedgerLeavesNoChange() throws IOException {
            run();
            database.execute(
                    "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not now'; END $$;"
                            + " CREATE TRIGGER refuse BEFORE INSERT ON hexai__migrations EXECUTE FUNCTION refuse()");
            migration("1_first", "CREATE TABLE first ()");

            assertThatThrownBy(() -> run())
                    .isInstanceOf(MigrationFailedException.class)
                    .hasMessageContaining("not now");
            assertThat(database.tables()).containsExactly("hexai__migrations");

            database.execute("DROP TRIGGER refuse ON hexai__migrations");
            assertThat(run().names()).containsExactly("1_first");
        }
    }

    @Nested
    class ManyAtOnce {

        @Test
        @Timeout(30)
        void applyEachMigrationOnce() throws Exception {
            migration("1_first", "CREATE TABLE first (); SELECT pg_sleep(0.1)");
            migration("2_second", "CREATE TABLE second ()");

            List<MigrationReport> reports = Together.start(10, DirectoryMigrationsTest.this::run);

            assertThat(reports)
                    .filteredOn(report -> !report.applied().isEmpty())
                    .hasSize(1);
            assertThat(ledger()).containsExactly("1_first", "2_second");
        }
    }

    @Nested
    class ANamespace {

        @Test
        void hasALedgerOfItsOwn() throws IOException {
            migration("1_first", "CREATE TABLE IF NOT EXISTS first ()");
            assertThat(run("orders").names()).containsExactly("1_first");
            assertThat(run("it's \"odd\"").names()).containsExactly("1_first");
            assertThat(database.tables())
                    .containsExactly("first", "hexai__migrations_it's \"odd\"", "hexai__migrations_orders");
        }

        @Test
        void thatIsEmptyIsNone() throws IOException {
            migration("1_first", "SELECT 1");
            run("");
            assertThat(ledger()).containsExactly("1_first");
        }

        @Test
        void isRefusedWhenTheTableNameWouldBeCut() {
            String longest = "n".repeat(63 - "hexai__migrations_".length());
            assertThat(run(longest).applied()).isEmpty();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> run(longest + "m"))
                    .withMessageContaining("64 bytes");
            assertThatIllegalArgumentException().isThrownBy(() -> run("é".repeat(23)));
        }
    }

    @Nested
    class ALedgerOfTheTypeScriptLibrary {

        @Test
        void isTakenOver() throws IOException {
            database.execute(
                    "CREATE TABLE hexai__migrations (id serial PRIMARY KEY, name varchar(255) NOT NULL,"
                            + " run_on timestamp NOT NULL DEFAULT now()); INSERT INTO hexai__migrations (name) VALUES ('1_first')");
            migration("1_first", "CREATE TABLE first ()");
            migration("2_second", "CREATE TABLE second ()");

            assertThat(run().names()).containsExactly("2_second");

            assertThat(database.tables()).containsExactly("hexai__migrations", "second");
            migration("1_first", "CREATE TABLE other ()");
            assertThatThrownBy(() -> run()).isInstanceOf(MigrationHistoryException.class);
            assertThatThrownBy(() -> database.execute("INSERT INTO hexai__migrations (name) VALUES ('1_first')"))
                    .hasMessageContaining("duplicate key");
        }

        @Test
        void isRefusedWhenItListsOneTwice() throws IOException {
            database.execute("CREATE TABLE hexai__migrations (id serial PRIMARY KEY, name varchar(255) NOT NULL,"
                    + " run_on timestamp NOT NULL DEFAULT now());"
                    + " INSERT INTO hexai__migrations (name) VALUES ('1_first'), ('1_first')");
            migration("1_first", "SELECT 1");
            assertThatThrownBy(() -> run())
                    .isInstanceOf(InvalidMigrationException.class)
                    .hasMessageContaining("hexai__migrations")
                    .hasMessageContaining("1_first");
        }
    }

    @Nested
    class Rollback {

        @Test
        void takesBackTheLastOnes() throws IOException {
            migration("1_first", "CREATE TABLE first ();\n-- rollback\nDROP TABLE first;");
            migration("2_second", "CREATE TABLE second ();\n-- rollback\nDROP TABLE second;");
            migration("3_third", "CREATE TABLE third ();\n-- rollback\nDROP TABLE third;");
            run();

            assertThat(rollBack(2)).containsExactly("3_third", "2_second");

            assertThat(database.tables()).containsExactly("first", "hexai__migrations");
            assertThat(ledger()).containsExactly("1_first");
            assertThat(run().names()).containsExactly("2_second", "3_third");
        }

        @Test
        void takesBackNothingWhenOneSaysNotHow() throws IOException {
            migration("1_first", "CREATE TABLE first ()");
            migration("2_second", "CREATE TABLE second ();\n-- rollback\nDROP TABLE second;");
            run();
            assertThatThrownBy(() -> rollBack(2))
                    .isInstanceOf(InvalidMigrationException.class)
                    .hasMessageContaining("1_first");
            assertThat(ledger()).containsExactly("1_first", "2_second");
        }

        @Test
        void thatFailsLeavesChangeAndRecord() throws IOException {
            migration("1_first", "CREATE TABLE first ();\n-- rollback\nDROP TABLE first; SELECT 1 / 0;");
            run();
            assertThatThrownBy(() -> rollBack(1))
                    .isInstanceOf(MigrationFailedException.class)
                    .hasMessageContaining("division by zero");
            assertThat(database.tables()).containsExactly("first", "hexai__migrations");
            assertThat(ledger()).containsExactly("1_first");
        }

        @Test
        void ofANegativeCountIsRefused() {
            assertThatIllegalArgumentException().isThrownBy(() -> rollBack(-1)).withMessageContaining("-1");
        }

        private List<String> rollBack(int count) {
            return Migrations.rollBackDirectory(database.dataSource(), directory.toString(), "", count);
        }
    }

    private MigrationReport run() {
        return Migrations.runDirectory(database.dataSource(), directory.toString());
    }

    private MigrationReport run(String namespace) {
        return Migrations.runDirectory(database.dataSource(), directory.toString(), namespace);
    }

    private List<String> ledger() {
        return database.rows("SELECT name FROM hexai__migrations ORDER BY id");
    }

    private void migration(String name, String sql) throws IOException {
        Files.createDirectories(directory.resolve(name));
        Files.writeString(directory.resolve(name).resolve("migration.sql"), sql);
    }
}
