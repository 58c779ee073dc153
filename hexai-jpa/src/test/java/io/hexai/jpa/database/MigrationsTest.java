package io.hexai.jpa.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.hexai.jpa.testing.TestPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class MigrationsTest {

    private final MigrationDatabase database = new MigrationDatabase();

    @TempDir
    Path directory;

    @AfterEach
    void drop() {
        database.close();
    }

    @Nested
    class AChangelog {

        @Test
        void reportsWhatItApplied() throws IOException {
            Path changelog =
                    changelog(changeSet("one", "CREATE TABLE one ()"), changeSet("two", "CREATE TABLE two ()"));

            MigrationReport report = run(changelog);

            assertThat(report.names()).containsExactly("changelog.xml::one::test", "changelog.xml::two::test");
            assertThat(report.duration()).isPositive();
            assertThat(database.tables()).containsExactly("one", "two");
        }

        @Test
        void appliesOnlyWhatIsNew() throws IOException {
            run(changelog(changeSet("one", "CREATE TABLE one ()")));

            MigrationReport report =
                    run(changelog(changeSet("one", "CREATE TABLE one ()"), changeSet("two", "CREATE TABLE two ()")));

            assertThat(report.names()).containsExactly("changelog.xml::two::test");
            assertThat(run(directory.resolve("changelog.xml")).applied()).isEmpty();
        }

        @Test
        void mayIncludeTheBuiltInSchema() throws IOException {
            run(changelog("<include file=\"hexai-jpa/built-in.xml\"/>", changeSet("one", "CREATE TABLE one ()")));

            assertThat(database.tables()).contains("hexai__events", "one");
            assertThat(Migrations.runBuiltIn(database.dataSource()).applied()).isEmpty();
        }

        @Test
        void isFoundOnTheClassPath() {
            MigrationReport report = Migrations.run(database.dataSource(), "classpath:hexai-jpa/built-in.xml");
            assertThat(report.names()).first().isEqualTo("hexai-jpa/built-in.xml::events-table::hexai");
        }

        @Test
        void changesNothingThatTheConnectionPoolWouldNotice() throws Exception {
            try (Connection connection = TestPostgres.connect(database.url())) {
                connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
                try (OwnConnection own = OwnConnection.open(new OneConnection(connection), false)) {
                    assertThat(own.jdbc().getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
                    assertThat(own.jdbc().getAutoCommit()).isFalse();
                }
                // OneConnection keeps it open, as a pool does
                assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
                assertThat(connection.getAutoCommit()).isTrue();
            }
        }
    }

    @Nested
    class AChangelogThatCannotRun {

        @Test
        void isNamedWhenItIsMissing() {
            assertThatThrownBy(() -> run(directory.resolve("nothing.xml")))
                    .isInstanceOf(InvalidMigrationException.class)
                    .hasMessageContaining(directory.resolve("nothing.xml").toString());
            assertThatThrownBy(() -> Migrations.run(database.dataSource(), "classpath:nothing.xml"))
                    .isInstanceOf(InvalidMigrationException.class)
                    .hasMessageContaining("classpath:nothing.xml");
        }

        @Test
        void isNamedWhenItIsMalformed() throws IOException {
            Path changelog = changelog("<changeSet id=\"one\" author=\"test\"><nonsense/></changeSet>");
            assertThatThrownBy(() -> run(changelog))
                    .isInstanceOf(InvalidMigrationException.class)
                    .hasMessageContaining("changelog.xml");
        }

        @Test
        void isNamedWithTheChangesetThatWasEdited() throws IOException {
            run(changelog(changeSet("one", "CREATE TABLE one ()")));
            Path edited = changelog(changeSet("one", "CREATE TABLE other ()"), changeSet("two", "CREATE TABLE two ()"));

            MigrationHistoryException failure =
                    catchThrowableOfType(MigrationHistoryException.class, () -> run(edited));

            assertThat(failure.edited()).containsExactly("changelog.xml::one::test");
            assertThat(failure).hasMessageContaining("changelog.xml::one::test");
            assertThat(database.tables()).containsExactly("one");
        }

        @Test
        void keepsWhatWasAppliedBeforeTheChangesetThatFails() throws IOException {
            Path changelog = changelog(
                    changeSet("one", "CREATE TABLE one ()"),
                    changeSet("two", "CREATE TABLE two (); SELECT 1 / 0"),
                    changeSet("three", "CREATE TABLE three ()"));

            MigrationFailedException failure =
                    catchThrowableOfType(MigrationFailedException.class, () -> run(changelog));

            assertThat(failure.migration()).isEqualTo("changelog.xml::two::test");
            assertThat(failure.table()).isEqualTo("databasechangelog");
            assertThat(failure).hasMessageContaining("division by zero");
            assertThat(database.tables()).containsExactly("one");
            assertThat(database.rows("SELECT id FROM databasechangelog")).containsExactly("one");
        }
    }

    @Nested
    class ACrash {

        @Test
        void leavesNoChangeWithoutItsRecord() throws IOException {
            Path changelog =
                    changelog(changeSet("one", "CREATE TABLE one ()"), changeSet("two", "CREATE TABLE two ()"));
            run(changelog(changeSet("one", "CREATE TABLE one ()")));
            refuseLedgerRows("RAISE EXCEPTION 'ledger refused'");
            changelog(changeSet("one", "CREATE TABLE one ()"), changeSet("two", "CREATE TABLE two ()"));

            assertThatThrownBy(() -> run(changelog))
                    .isInstanceOf(MigrationFailedException.class)
                    .hasMessageContaining("ledger refused");
            assertThat(database.tables()).containsExactly("one");

            database.execute("DROP TRIGGER refuse ON databasechangelog");
            assertThat(run(changelog).names()).containsExactly("changelog.xml::two::test");
        }

        @Test
        void ofTheSessionBetweenChangeAndRecordLeavesNeither() throws IOException {
            run(changelog(changeSet("one", "CREATE TABLE one ()")));
            refuseLedgerRows("PERFORM pg_terminate_backend(pg_backend_pid())");
            Path changelog =
                    changelog(changeSet("one", "CREATE TABLE one ()"), changeSet("two", "CREATE TABLE two ()"));

            assertThatThrownBy(() -> run(changelog)).isInstanceOf(MigrationFailedException.class);
            assertThat(database.tables()).containsExactly("one");

            database.execute("DROP TRIGGER refuse ON databasechangelog");
            assertThat(run(changelog).names()).containsExactly("changelog.xml::two::test");
        }

        @Test
        void ofTheSessionThatHoldsTheLockStopsTheRunBeforeItsNextCommit() throws IOException {
            Path changelog = changelog(changeSet(
                    "one",
                    "CREATE TABLE one (); SELECT pg_terminate_backend(pid) FROM pg_locks"
                            + " WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database"
                            + " WHERE datname = current_database())"));

            assertThatThrownBy(() -> run(changelog)).isInstanceOf(MigrationFailedException.class);
            assertThat(database.tables()).isEmpty();
        }

        @Test
        @Timeout(30)
        void ofTheProcessLeavesNoLockAndNothingHalfDone() throws Exception {
            Path changelog = changelog(
                    changeSet("one", "CREATE TABLE one ()"),
                    changeSet("two", "CREATE TABLE two (); SELECT pg_sleep(600)"));
            Process process = MigrationProcess.start(database, changelog);
            try {
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> !database.rows(
                                        "SELECT 1 FROM pg_stat_activity"
                                                + " WHERE datname = current_database() AND query LIKE '%pg_sleep(600)%' AND wait_event = 'PgSleep'")
                                .isEmpty());
            } finally {
                process.destroyForcibly().waitFor();
            }
            assertThat(database.tables()).containsExactly("one");

            changelog(changeSet("one", "CREATE TABLE one ()"), changeSet("two", "CREATE TABLE two ()"));
            assertThat(run(changelog).names()).containsExactly("changelog.xml::two::test");
            assertThat(database.tables()).containsExactly("one", "two");
        }

        private void refuseLedgerRows(String how) {
            database.execute(
                    "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " + how
                            + "; RETURN NULL; END $$;"
                            + " CREATE TRIGGER refuse BEFORE INSERT ON databasechangelog FOR EACH ROW EXECUTE FUNCTION refuse()");
        }
    }

    @Nested
    class ManyAtOnce {

        private static final int STARTERS = 10;

        @Test
        @Timeout(30)
        void applyEachChangeOnce() throws Exception {
            List<MigrationReport> reports =
                    Together.start(STARTERS, () -> Migrations.runBuiltIn(database.dataSource()));

            assertThat(reports)
                    .filteredOn(report -> !report.applied().isEmpty())
                    .hasSize(1);
            assertThat(database.rows("SELECT id FROM databasechangelog GROUP BY id HAVING count(*) > 1"))
                    .isEmpty();
        }

        @Test
        @Timeout(30)
        void doNotBlockAChangeOutsideATransaction() throws Exception {
            Path changelog = changelog(
                    changeSet("one", "CREATE TABLE one (a int)"),
                    "<changeSet id=\"two\" author=\"test\" runInTransaction=\"false\">"
                            + "<sql>CREATE INDEX CONCURRENTLY two ON one (a)</sql></changeSet>");

            List<MigrationReport> reports = Together.start(STARTERS, () -> run(changelog));

            assertThat(reports)
                    .filteredOn(report -> !report.applied().isEmpty())
                    .hasSize(1);
            assertThat(database.rows("SELECT indisvalid FROM pg_index WHERE indexrelid = 'two'::regclass"))
                    .containsExactly("t");
        }
    }

    @Nested
    class ALiquibaseLockThatADeadProcessLeft {

        @Test
        @Timeout(20)
        void isTakenOver() throws IOException {
            run(changelog(changeSet("one", "CREATE TABLE one ()")));
            database.execute(
                    "UPDATE databasechangeloglock SET locked = true, lockedby = 'gone (10.0.0.1)', lockgranted = now()");

            run(changelog(changeSet("one", "CREATE TABLE one ()"), changeSet("two", "CREATE TABLE two ()")));

            assertThat(database.tables()).containsExactly("one", "two");
            assertThat(database.value("SELECT locked, lockedby, lockgranted FROM databasechangeloglock"))
                    .isEqualTo("f|null|null");
        }
    }

    @Nested
    class ALiquibaseLockOfALivingProcess {

        @Test
        @Timeout(20)
        void isWaitedFor() throws Exception {
            Path changelog = changelog(changeSet("one", "CREATE TABLE one ()"));
            run(changelog);
            changelog(changeSet("one", "CREATE TABLE one ()"), changeSet("two", "CREATE TABLE two ()"));
            ExecutorService thread = Executors.newSingleThreadExecutor();
            try (Connection owner = TestPostgres.connect(database.url());
                    Statement statement = owner.createStatement()) {
                statement.execute(
                        "UPDATE databasechangeloglock SET locked = true, lockedby = 'other', lockgranted = now()");
                owner.setAutoCommit(false);
                statement.execute("CREATE TABLE of_the_owner ()");

                Future<MigrationReport> waiting = thread.submit(() -> run(changelog));
                await().until(() -> database.rows(
                                        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
                                                + " AND query LIKE '%pg_stat_activity WHERE datname = current_database() AND coalesce%'")
                                .size()
                        > 0);
                assertThat(waiting.isDone()).isFalse();
                assertThat(database.tables()).containsExactly("one");

                statement.execute("UPDATE databasechangeloglock SET locked = false");
                owner.commit();
                assertThat(waiting.get().names()).containsExactly("changelog.xml::two::test");
            } finally {
                thread.shutdownNow();
            }
        }
    }

    @Nested
    class AConfiguration {

        @Test
        void reachesTheDatabaseAsADataSourceDoes() throws IOException {
            PostgresConfig config = PostgresConfig.fromUrl(database.url());

            Migrations.runBuiltIn(config);
            Migrations.runEventTable(config, "order_events");
            Migrations.run(
                    config,
                    changelog(changeSet("one", "CREATE TABLE one ()"), "").toString());
            Migrations.runDirectory(config, directory.toString());
            Migrations.runDirectory(config, directory.toString(), "orders");

            assertThat(database.tables())
                    .contains("hexai__events", "order_events", "one", "hexai__migrations", "hexai__migrations_orders");
            await().until(() -> database.rows("SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
                            + " AND pid <> pg_backend_pid()")
                    .isEmpty());
        }
    }

    private MigrationReport run(Path changelog) {
        return Migrations.run(database.dataSource(), changelog.toString());
    }

    private Path changelog(String... content) throws IOException {
        return Files.writeString(
                directory.resolve("changelog.xml"),
                "<databaseChangeLog xmlns=\"http://www.liquibase.org/xml/ns/dbchangelog\""
                        + " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
                        + " xsi:schemaLocation=\"http://www.liquibase.org/xml/ns/dbchangelog"
                        + " http://www.liquibase.org/xml/ns/dbchangelog/dbchangelog-latest.xsd\">"
                        + String.join("\n", content) + "</databaseChangeLog>");
    }

    private static String changeSet(String id, String sql) {
        return "<changeSet id=\"" + id + "\" author=\"test\"><sql>" + sql + "</sql></changeSet>";
    }
}
