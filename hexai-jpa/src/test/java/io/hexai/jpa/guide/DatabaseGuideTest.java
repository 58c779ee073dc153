package io.hexai.jpa.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.bootstrap.HexaiJpa;
import io.hexai.jpa.database.Changelog;
import io.hexai.jpa.database.Config;
import io.hexai.jpa.database.ConfigSource;
import io.hexai.jpa.database.ConfigSpec;
import io.hexai.jpa.database.DatabaseManager;
import io.hexai.jpa.database.EnvMode;
import io.hexai.jpa.database.InvalidConfigException;
import io.hexai.jpa.database.MigrationHistoryException;
import io.hexai.jpa.database.MigrationPlan;
import io.hexai.jpa.database.MigrationReport;
import io.hexai.jpa.database.Migrations;
import io.hexai.jpa.database.Migrator;
import io.hexai.jpa.database.PoolState;
import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.database.SchemaCheck;
import io.hexai.jpa.database.SchemaDifference;
import io.hexai.jpa.database.SqlDirectory;
import io.hexai.jpa.database.TableManager;
import io.hexai.jpa.testing.TestPostgres;
import jakarta.persistence.EntityManagerFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The snippets of {@code docs/guide/configuration.md} and {@code docs/guide/migrations.md}. */
class DatabaseGuideTest {

    @TempDir
    Path directory;

    private String url;
    private PostgresConfig config;

    @BeforeEach
    void createDatabase() {
        url = TestPostgres.newDatabase();
        config = PostgresConfig.fromUrl(url);
    }

    @AfterEach
    void dropDatabase() {
        TestPostgres.dropDatabase(url);
    }

    @Test
    void readsConfigurationsAndReportsAllFaultsAtOnce() {
        ConfigSource environment = ConfigSource.of(Map.of(
                "ORDER_DB_URL", "postgres://ann:secret@db1,db2:6432/orders?sslmode=require",
                "REPLICA_DB_HOST", "replica",
                "REPLICA_DB_DATABASE", "orders",
                "REPLICA_DB_USER", "reader",
                "REPLICA_DB_PORT", "54a32"));
        // region config
        ConfigSpec<PostgresConfig> orders = PostgresConfig.spec("ORDER_DB"); // ORDER_DB_URL
        ConfigSpec<PostgresConfig> replica = PostgresConfig.spec("REPLICA_DB", EnvMode.FIELDS);

        assertThatThrownBy(() -> Config.load(environment, orders, replica))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("REPLICA_DB_PORT");

        PostgresConfig db = Config.load(environment, orders).get(orders);
        assertThat(db.toJdbcUrl()).contains("db1:5432,db2:6432/orders", "sslmode=require");
        assertThat(db.toString()).doesNotContain("secret");
        // endregion
    }

    @Test
    void opensAPool() {
        // region pool
        PostgresConfig small = config.withPoolSize(4)
                .withConnectionTimeout(Duration.ofSeconds(3))
                .withApplicationName("orders");

        try (HikariDataSource dataSource = small.openDataSource()) {
            PoolState state = PoolState.of(dataSource);
            assertThat(state.waiting()).isZero();
        }
        // endregion
    }

    @Test
    void managesDatabasesAndTables() {
        // region databases
        try (DatabaseManager databases = DatabaseManager.of(config)) {
            databases.awaitReady(Duration.ofSeconds(30));
            databases.createDatabase("orders \"archive\"");
            assertThat(databases.exists("orders \"archive\"")).isTrue();
            databases.dropDatabase("orders \"archive\""); // also with connections open
        }
        // endregion
        try (HikariDataSource dataSource = config.openDataSource()) {
            Migrations.runBuiltIn(dataSource);
            // region tables
            TableManager tables = TableManager.of(dataSource);
            tables.truncateAll(); // one statement; ledgers of migrations and position counters are spared
            assertThat(tables.exists("hexai__events")).isTrue();
            // endregion
        }
    }

    @Test
    void migratesByAChangelog() throws IOException {
        write("changelog.sql", """
                --liquibase formatted sql
                --changeset ann:1
                CREATE TABLE orders (id text PRIMARY KEY);
                --rollback DROP TABLE orders;
                --changeset ann:2
                ALTER TABLE orders ADD status text;
                --rollback ALTER TABLE orders DROP status;
                """);
        String changelog = directory.resolve("changelog.sql").toString();
        try (HikariDataSource dataSource = config.openDataSource()) {
            // region changelog
            Migrations.runBuiltIn(dataSource);
            MigrationReport report = Migrations.run(dataSource, changelog);
            // endregion
            assertThat(report.applied()).hasSize(2);
            // region migrator
            List<String> told = new ArrayList<>();
            Migrator migrator = Migrator.of(dataSource, Changelog.at(changelog))
                    .withListener(progress -> told.add(progress.toString()));

            assertThat(migrator.status().isUpToDate()).isTrue();
            migrator.tag("before the sale");
            MigrationPlan plan = migrator.dryRollBack(1); // writes nothing
            assertThat(plan.sql()).contains("ALTER TABLE orders DROP status");
            assertThat(migrator.rollBack(2)).hasSize(2);
            // endregion
            assertThat(told).hasSize(4);
        }
    }

    @Test
    void checksTheMappingAgainstTheSchema() {
        try (HexaiJpa jpa = HexaiJpa.builder(config).migrate().build()) {
            EntityManagerFactory factory = jpa.entityManagerFactory();
            // region schema-check
            SchemaCheck.of(factory).verify(); // SchemaMismatchException: every difference, one a line
            List<SchemaDifference> differences = SchemaCheck.of(factory).differences();
            // endregion
            assertThat(differences).isEmpty();
        }
    }

    @Test
    void migratesByADirectory() throws IOException {
        write("001_create_orders/migration.sql", """
                CREATE TABLE orders (id text PRIMARY KEY);
                -- rollback
                DROP TABLE orders;
                """);
        String location = directory.toString();
        // region directory
        Migrations.runDirectory(config, location, "orders"); // its ledger: hexai__migrations_orders

        Migrator migrator = Migrator.of(config, SqlDirectory.at(location).withNamespace("orders"));
        migrator.validate();
        // endregion
        write("001_create_orders/migration.sql", "CREATE TABLE orders (id bigint);");
        assertThatThrownBy(migrator::validate)
                .isInstanceOf(MigrationHistoryException.class)
                .hasMessageContaining("001_create_orders");
    }

    private void write(String name, String content) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }
}
