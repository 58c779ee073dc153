package io.hexai.jpa.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.testing.PgBouncer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the operations page says of migrations and pgbouncer, by the real program: {@code .ci/pgbouncer} runs it. */
@Tag("pgbouncer")
class PgBouncerMigrationsTest {

    private static final String LEDGERS =
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'databasechangelog%'";
    private static final String LOCKS = "SELECT pid FROM pg_locks WHERE locktype = 'advisory'"
            + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

    private final MigrationDatabase database = new MigrationDatabase();

    @TempDir
    private Path directory;

    private PgBouncer bouncer;

    @AfterEach
    void close() {
        bouncer.close();
        database.close();
    }

    private PostgresConfig through(int serverConnections, String settings) {
        bouncer = PgBouncer.inFrontOf(database.url(), serverConnections, directory, settings);
        return PostgresConfig.fromUrl(bouncer.jdbcUrl("prepareThreshold=0"));
    }

    private SqlDirectory sqlDirectory() throws IOException {
        Path file = directory.resolve("sql/001_one/migration.sql");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "CREATE TABLE one ()");
        return SqlDirectory.at(directory.resolve("sql").toString());
    }

    @Nested
    class InTransactionMode {

        @ParameterizedTest
        @CsvSource({"1, 0", "2, 0", "2, 1", "5, 0", "5, 1"})
        void areRefusedByNameAndLeaveNothing(int serverConnections, int roundRobin) throws IOException {
            PostgresConfig config =
                    through(serverConnections, "pool_mode = transaction\nserver_round_robin = " + roundRobin);
            for (Migrator migrator : List.of(
                    Migrator.of(config, Changelog.at("classpath:hexai-jpa/built-in.xml")),
                    Migrator.of(config, sqlDirectory()))) {
                for (Runnable what : List.<Runnable>of(migrator::run, migrator::dryRun, () -> migrator.rollBack(1))) {
                    assertThatIllegalArgumentException()
                            .isThrownBy(what::run)
                            .withMessageContaining("pgbouncer with pool_mode = transaction")
                            .withMessageContaining("directly to the server")
                            .withMessageContaining("5432");
                }
            }

            assertThat(database.tables()).isEmpty();
            assertThat(database.rows(LEDGERS)).isEmpty();
            assertThat(database.rows(LOCKS)).isEmpty();
        }

        @Test
        void areRefusedOnAPoolWhoseConnectionsDoNotCommitByThemselves() {
            try (HikariDataSource pool =
                    through(3, "pool_mode = transaction").openDataSource(hikari -> hikari.setAutoCommit(false))) {
                assertThatIllegalArgumentException().isThrownBy(() -> Migrations.runBuiltIn(pool));
                assertThat(PoolState.of(pool).active()).isZero();
            }
            assertThat(database.rows("SELECT pid FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"
                            + " AND datname = current_database()"))
                    .isEmpty();
        }

        @Test
        void tellTheirStatus() throws IOException {
            assertThat(Migrator.of(through(1, "pool_mode = transaction"), sqlDirectory())
                            .status()
                            .pending())
                    .containsExactly("001_one");
        }

        /** What would be, if the refusal did not notice. */
        @Test
        void holdALockThatEndsWithTheirProcess() throws Exception {
            DataSource dataSource = new DriverDataSource(through(2, "pool_mode = transaction"));
            MigrationLock lock = MigrationLock.acquire(dataSource, "ledger");
            assertThat(database.rows(LOCKS)).hasSize(1);

            lock.jdbc().abort(Runnable::run);

            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(database.rows(LOCKS)).isEmpty());
        }
    }

    @Nested
    class InSessionMode {

        @Test
        void areApplied() throws IOException, SQLException {
            PostgresConfig config = through(3, "pool_mode = session");

            assertThat(Migrations.runBuiltIn(config).applied()).isNotEmpty();
            assertThat(Migrator.of(config, sqlDirectory()).run().names()).containsExactly("001_one");
            assertThat(Migrations.runBuiltIn(config).applied()).isEmpty();
            assertThat(database.rows(LOCKS)).isEmpty();
        }
    }
}
