package io.hexai.jpa.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.testing.TestPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TableManagerTest {

    private static final List<String> HOSTILE_NAMES = List.of(
            "CamelT",
            "a-b",
            "with space",
            "we\"ird",
            "we'ird",
            "x\"; DROP TABLE kept; --",
            "a.b",
            "üß漢",
            "select",
            "100%",
            "a_b");

    private static String url;
    private static HikariDataSource dataSource;

    private final TableManager tables = TableManager.of(dataSource);

    @BeforeAll
    static void createDatabase() {
        url = TestPostgres.newDatabase();
        dataSource = PostgresConfig.fromUrl(url).openDataSource();
    }

    @AfterAll
    static void dropDatabase() {
        dataSource.close();
        TestPostgres.dropDatabase(url);
    }

    @BeforeEach
    void emptySchema() throws SQLException {
        execute("DROP SCHEMA IF EXISTS public, other CASCADE; CREATE SCHEMA public; CREATE SCHEMA other");
    }

    @Nested
    class Looking {

        @Test
        void findsTablesAndViewsOfTheCurrentSchemaOnly() throws SQLException {
            execute("CREATE TABLE t (id int); CREATE VIEW v AS SELECT * FROM t; CREATE TABLE other.o (id int)");

            assertThat(tables.exists("t")).isTrue();
            assertThat(tables.exists("v")).isTrue();
            assertThat(tables.exists("o")).isFalse();
            assertThat(tables.exists("columns")).isFalse();
            assertThat(tables.exists("pg_class")).isFalse();
            assertThat(tables.exists("T")).isFalse();
            assertThat(tables.exists("%")).isFalse();
            assertThat(tables.exists("")).isFalse();
            assertThat(tables.inSchema("other").exists("o")).isTrue();
            assertThat(tables.inSchema("missing").exists("o")).isFalse();
        }

        @Test
        void followsTheSearchPathOfTheConnection() throws SQLException {
            execute("CREATE TABLE other.o (id int)");
            try (Connection connection = dataSource.getConnection()) {
                connection.setSchema("other");
                try {
                    assertThat(TableManager.of(connection).names()).containsExactly("o");
                } finally {
                    connection.setSchema("public");
                }
            }
        }

        @Test
        void saysThatTheSearchPathLeadsNowhere() throws SQLException {
            try (Connection connection = new DriverDataSource(PostgresConfig.fromUrl(url)).getConnection()) {
                connection.setSchema("nowhere");

                assertThatThrownBy(() -> TableManager.of(connection).names())
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("search_path");
            }
        }

        @Test
        void tellsColumnsInOrderWithTheirTypes() throws SQLException {
            execute(
                    "CREATE TABLE t (id integer, name text, \"At\" timestamptz, tags text[], code varchar(20), gone int);"
                            + " ALTER TABLE t DROP COLUMN gone; ALTER TABLE t ADD COLUMN last numeric(10, 2);"
                            + " CREATE TABLE other.t (elsewhere int); CREATE TABLE bare (); CREATE VIEW v AS SELECT id FROM t");

            assertThat(tables.columns("t"))
                    .containsExactly(
                            new TableColumn("id", "integer"),
                            new TableColumn("name", "text"),
                            new TableColumn("At", "timestamp with time zone"),
                            new TableColumn("tags", "text[]"),
                            new TableColumn("code", "character varying"),
                            new TableColumn("last", "numeric"));
            assertThat(tables.inSchema("other").columns("t")).containsExactly(new TableColumn("elsewhere", "integer"));
            assertThat(tables.columns("v")).containsExactly(new TableColumn("id", "integer"));
            assertThat(tables.columns("bare")).isEmpty();
            assertThatExceptionOfType(TableNotFoundException.class)
                    .isThrownBy(() -> tables.columns("T"))
                    .satisfies(failure -> {
                        assertThat(failure.schema()).isEqualTo("public");
                        assertThat(failure.table()).isEqualTo("T");
                    });
        }

        @Test
        void listsTablesAndPartitionsAndNothingElse() throws SQLException {
            execute("CREATE TABLE b (id serial); CREATE TABLE a (id int); CREATE VIEW v AS SELECT 1 AS one;"
                    + " CREATE MATERIALIZED VIEW m AS SELECT 1 AS one; CREATE TABLE other.o (id int);"
                    + " CREATE TABLE p (id int) PARTITION BY RANGE (id);"
                    + " CREATE TABLE p_1 PARTITION OF p FOR VALUES FROM (1) TO (10)");

            assertThat(tables.names()).containsExactly("a", "b", "p", "p_1");
            assertThat(tables.inSchema("other").names()).containsExactly("o");
        }

        @Test
        void takesAnyNameForANameOnly() throws SQLException {
            execute("CREATE TABLE kept (id int); INSERT INTO kept VALUES (1)");
            for (String name : HOSTILE_NAMES) {
                execute("CREATE TABLE " + Identifiers.quoted(name) + " (id int); INSERT INTO "
                        + Identifiers.quoted(name) + " VALUES (1)");
                assertThat(tables.exists(name)).as(name).isTrue();
                assertThat(tables.columns(name)).as(name).hasSize(1);
                assertThat(tables.names()).as(name).contains(name);

                tables.truncate(name);
                assertThat(count(Identifiers.quoted(name))).as(name).isZero();

                tables.drop(name);
                assertThat(tables.exists(name)).as(name).isFalse();
            }
            assertThat(count("kept")).isEqualTo(1);
        }

        @Test
        void takesAnySchemaForANameOnly() throws SQLException {
            String schema = "we\"ird; --";
            execute("CREATE SCHEMA " + Identifiers.quoted(schema));
            try {
                execute("CREATE TABLE " + Identifiers.quoted(schema, "t") + " (id serial)");
                TableManager there = tables.inSchema(schema);

                there.truncateAll();
                assertThat(there.names()).containsExactly("t");
                there.dropAll();
                assertThat(there.names()).isEmpty();
            } finally {
                execute("DROP SCHEMA " + Identifiers.quoted(schema) + " CASCADE");
            }
        }
    }

    @Nested
    class Truncating {

        @Test
        void emptiesATableAndThoseThatReferToItAndResetsTheirSequences() throws SQLException {
            execute("CREATE TABLE parent (id serial PRIMARY KEY); CREATE TABLE bystander (id serial);"
                    + " CREATE TABLE child (id int GENERATED ALWAYS AS IDENTITY, parent_id int REFERENCES parent);"
                    + " INSERT INTO parent DEFAULT VALUES; INSERT INTO parent DEFAULT VALUES;"
                    + " INSERT INTO child (parent_id) VALUES (1); INSERT INTO bystander DEFAULT VALUES");

            tables.truncate("parent");

            assertThat(count("parent") + count("child")).isZero();
            assertThat(count("bystander")).isEqualTo(1);
            execute("INSERT INTO parent DEFAULT VALUES; INSERT INTO child (parent_id) VALUES (1)");
            assertThat(number("SELECT max(id) FROM parent")).isEqualTo(1);
            assertThat(number("SELECT max(id) FROM child")).isEqualTo(1);
        }

        @ParameterizedTest
        @ValueSource(strings = {"missing", "v"})
        void namesATableThatIsNone(String name) throws SQLException {
            execute("CREATE VIEW v AS SELECT 1 AS one");

            assertThatThrownBy(() -> tables.truncate(name))
                    .isInstanceOf(TableNotFoundException.class)
                    .hasMessageContaining("Schema \"public\" has no table \"" + name + "\"");
        }

        @Test
        void emptiesAllTablesWhateverRefersToWhat() throws SQLException {
            execute(
                    "CREATE TABLE a (id serial PRIMARY KEY, b_id int); CREATE TABLE b (id serial PRIMARY KEY, a_id int);"
                            + " ALTER TABLE a ADD FOREIGN KEY (b_id) REFERENCES b; ALTER TABLE b ADD FOREIGN KEY (a_id) REFERENCES a;"
                            + " CREATE TABLE p (id int) PARTITION BY RANGE (id);"
                            + " CREATE TABLE p_1 PARTITION OF p FOR VALUES FROM (1) TO (10);"
                            + " CREATE TABLE base (id int); CREATE TABLE derived () INHERITS (base);"
                            + " CREATE VIEW v AS SELECT * FROM a; CREATE TABLE other.o (id int);"
                            + " INSERT INTO a DEFAULT VALUES; INSERT INTO b DEFAULT VALUES; INSERT INTO p VALUES (1);"
                            + " INSERT INTO derived VALUES (1); INSERT INTO other.o VALUES (1)");

            tables.truncateAll();

            assertThat(count("a") + count("b") + count("p") + count("base")).isZero();
            assertThat(count("other.o")).isEqualTo(1);
            execute("INSERT INTO a DEFAULT VALUES");
            assertThat(number("SELECT max(id) FROM a")).isEqualTo(1);
        }

        @Test
        void letsSequencesOfNoColumnGoOn() throws SQLException {
            execute("CREATE TABLE t (id int); CREATE SEQUENCE free; SELECT nextval('free')");

            tables.truncateAll();

            assertThat(number("SELECT nextval('free')")).isEqualTo(2);
        }

        @Test
        void doesNothingInAnEmptySchema() {
            tables.truncateAll();

            assertThat(tables.names()).isEmpty();
        }

        @Test
        void sparesLedgersAndPositionCounters() throws SQLException {
            List<String> spared = List.of(
                    "databasechangelog",
                    "databasechangeloglock",
                    "\"DATABASECHANGELOG\"",
                    "hexai__migrations",
                    "hexai__migrations_orders",
                    "hexai__event_position_counter",
                    "my_events_position_counter");
            for (String table : spared) {
                execute("CREATE TABLE " + table + " (id int); INSERT INTO " + table + " VALUES (1)");
            }
            execute(
                    "CREATE TABLE my_events (id int); INSERT INTO my_events VALUES (1);"
                            + " CREATE TABLE printer_position_counter (id int); INSERT INTO printer_position_counter VALUES (1)");

            tables.truncateAll();

            for (String table : spared) {
                assertThat(count(table)).as(table).isEqualTo(1);
            }
            assertThat(count("my_events")).isZero();
            assertThat(count("printer_position_counter")).isZero();
        }

        @Test
        void emptiesEventTablesAndLeavesThemGuarded() throws SQLException {
            createEventTable("my_events", "ENABLE");
            createEventTable("always_events", "ENABLE ALWAYS");

            tables.truncateAll();

            assertThat(count("my_events") + count("always_events")).isZero();
            assertThat(text("SELECT string_agg(tgenabled::text, '' ORDER BY tgrelid::regclass::text) FROM pg_trigger"))
                    .isEqualTo("AO");
            assertThatThrownBy(() -> execute("TRUNCATE my_events")).hasMessageContaining("append-only");

            execute("INSERT INTO my_events VALUES (1)");
            tables.truncate("my_events");
            assertThat(count("my_events")).isZero();
            assertThatThrownBy(() -> execute("TRUNCATE my_events")).hasMessageContaining("append-only");
        }

        @Test
        void letsTriggersOfOthersRefuse() throws SQLException {
            execute("CREATE TABLE t (id int); INSERT INTO t VALUES (1); CREATE FUNCTION mine() RETURNS trigger"
                    + " LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not mine'; END $$;"
                    + " CREATE TRIGGER mine BEFORE TRUNCATE ON t EXECUTE FUNCTION mine()");
            createEventTable("my_events", "ENABLE");

            assertThatThrownBy(tables::truncateAll)
                    .isInstanceOf(DatabaseOperationException.class)
                    .hasMessageContaining("Truncating all tables failed")
                    .hasMessageContaining("not mine");
            assertThat(count("t")).isEqualTo(1);
            assertThat(count("my_events")).isEqualTo(1);
            assertThatThrownBy(() -> execute("TRUNCATE my_events")).hasMessageContaining("append-only");
        }

        private void createEventTable(String name, String enable) throws SQLException {
            execute("CREATE TABLE " + name + " (position bigint); INSERT INTO " + name + " VALUES (1);"
                    + " CREATE OR REPLACE FUNCTION hexai__refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
                    + " $$ BEGIN RAISE EXCEPTION 'append-only'; END $$;"
                    + " CREATE TRIGGER hexai__append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON " + name
                    + " EXECUTE FUNCTION hexai__refuse_change(); ALTER TABLE " + name + " " + enable
                    + " TRIGGER hexai__append_only");
        }
    }

    @Nested
    class Dropping {

        @Test
        void dropsATableWithWhatDependsOnIt() throws SQLException {
            execute("CREATE TABLE parent (id int PRIMARY KEY); CREATE TABLE child (parent_id int REFERENCES parent);"
                    + " CREATE VIEW v AS SELECT * FROM parent");

            tables.drop("parent");
            tables.drop("parent");

            assertThat(tables.names()).containsExactly("child");
            assertThat(tables.exists("v")).isFalse();
        }

        @Test
        void saysThatAViewIsNoTable() throws SQLException {
            execute("CREATE VIEW v AS SELECT 1 AS one");

            assertThatExceptionOfType(DatabaseOperationException.class)
                    .isThrownBy(() -> tables.drop("v"))
                    .satisfies(failure -> assertThat(failure.sqlState()).isEqualTo("42809"));
        }

        @Test
        void dropsAllSoThatTheSchemaCanBeBuiltAnew() throws SQLException {
            String schema = "CREATE TABLE a (id serial PRIMARY KEY, b_id int); CREATE TABLE b (id int PRIMARY KEY);"
                    + " ALTER TABLE a ADD FOREIGN KEY (b_id) REFERENCES b; ALTER TABLE b ADD FOREIGN KEY (id) REFERENCES a;"
                    + " CREATE TABLE p (id int) PARTITION BY RANGE (id);"
                    + " CREATE TABLE p_1 PARTITION OF p FOR VALUES FROM (1) TO (10);"
                    + " CREATE TABLE base (id int); CREATE TABLE derived () INHERITS (base);"
                    + " CREATE VIEW v AS SELECT * FROM a; CREATE VIEW v2 AS SELECT * FROM v;"
                    + " CREATE VIEW constant AS SELECT 1 AS one; CREATE MATERIALIZED VIEW m AS SELECT * FROM v2;"
                    + " CREATE SEQUENCE free; CREATE TABLE databasechangelog (id text)";
            execute(schema + "; CREATE TABLE other.o (a_id int REFERENCES a)");

            tables.dropAll();

            assertThat(tables.names()).isEmpty();
            assertThat(tables.inSchema("other").names()).containsExactly("o");
            execute(schema);
            assertThat(tables.names()).contains("a", "b", "databasechangelog");
        }

        @Test
        void keepsEverythingIfOneThingCannotBeDropped() throws SQLException {
            execute("CREATE TABLE t (id int); CREATE FUNCTION veto() RETURNS event_trigger LANGUAGE plpgsql AS"
                    + " $$ BEGIN RAISE EXCEPTION 'veto'; END $$;"
                    + " CREATE SEQUENCE free; CREATE EVENT TRIGGER veto ON ddl_command_end WHEN TAG IN ('DROP SEQUENCE')"
                    + " EXECUTE FUNCTION veto()");
            try {
                assertThatThrownBy(tables::dropAll).hasMessageContaining("veto");
            } finally {
                execute("DROP EVENT TRIGGER veto");
            }

            assertThat(tables.names()).containsExactly("t");
        }
    }

    @Nested
    class OnTheBuiltInSchema {

        private static final String EVENT = "INSERT INTO hexai__events (position, message_type, headers, payload)"
                + " VALUES (nextval('hexai__events_position_seq'), 'test.happened', '{}', '{}')";

        @Test
        void emptiesTheEventsAndNothingThatTheStoreNeeds() throws SQLException {
            Migrations.runBuiltIn(dataSource);
            Migrations.runEventTable(dataSource, "my_events");
            execute(EVENT);
            long changes = count("databasechangelog");
            List<String> before = tables.names();

            tables.truncateAll();

            assertThat(count("hexai__events")).isZero();
            assertThat(count("databasechangelog")).isEqualTo(changes).isPositive();
            assertThat(count("hexai__event_position_counter")).isEqualTo(1);
            assertThat(count("my_events_position_counter")).isEqualTo(1);
            execute(EVENT);
            assertThat(number("SELECT max(position) FROM hexai__events")).isEqualTo(1);
            assertThatThrownBy(() -> execute("TRUNCATE hexai__events")).hasMessageContaining("append-only");
            Migrations.runBuiltIn(dataSource);
            assertThat(tables.names()).isEqualTo(before);
        }

        @Test
        void canBeBuiltAnewAfterEverythingWasDropped() throws SQLException {
            Migrations.runBuiltIn(dataSource);
            List<String> before = tables.names();

            tables.dropAll();
            assertThat(tables.names()).isEmpty();
            Migrations.runBuiltIn(dataSource);

            assertThat(tables.names()).isEqualTo(before).contains("hexai__events");
            execute(EVENT);
            assertThat(count("hexai__events")).isEqualTo(1);
        }
    }

    @Nested
    class OnAConnection {

        @Test
        void leavesTheCommitToItsOwner() throws SQLException {
            execute("CREATE TABLE t (id int); INSERT INTO t VALUES (1)");
            try (Connection connection = dataSource.getConnection()) {
                connection.setAutoCommit(false);
                TableManager own = TableManager.of(connection);

                own.truncateAll();
                own.drop("t");

                assertThat(own.exists("t")).isFalse();
                assertThat(connection.isClosed()).isFalse();
                assertThat(connection.getAutoCommit()).isFalse();
                connection.rollback();
            }
            assertThat(count("t")).isEqualTo(1);
        }

        @Test
        void commitsEachCallInAutoCommitMode() throws SQLException {
            execute("CREATE TABLE t (id int); INSERT INTO t VALUES (1)");
            try (Connection connection = dataSource.getConnection()) {
                TableManager own = TableManager.of(connection);

                own.truncate("t");

                assertThat(count("t")).isZero();
                assertThatThrownBy(() -> own.truncate("missing")).isInstanceOf(TableNotFoundException.class);
                assertThat(connection.getAutoCommit()).isTrue();
                assertThat(connection.isClosed()).isFalse();
                assertThat(own.exists("t")).isTrue();
            }
        }
    }

    @Nested
    class OnADataSource {

        @Test
        void givesEveryConnectionBack() throws SQLException {
            execute("CREATE TABLE t (id int)");

            tables.truncateAll();
            assertThatThrownBy(() -> tables.truncate("missing")).isInstanceOf(TableNotFoundException.class);

            assertThat(PoolState.of(dataSource).active()).isZero();
            assertThat(dataSource.isClosed()).isFalse();
        }

        @Test
        void commitsAlsoWhereConnectionsComeWithoutAutoCommit() throws SQLException {
            execute("CREATE TABLE t (id int); INSERT INTO t VALUES (1)");
            try (HikariDataSource manual =
                    PostgresConfig.fromUrl(url).openDataSource(settings -> settings.setAutoCommit(false))) {
                TableManager.of(manual).truncate("t");
            }
            assertThat(count("t")).isZero();
        }
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static long count(String table) throws SQLException {
        return number("SELECT count(*) FROM " + table);
    }

    private static long number(String query) throws SQLException {
        return Long.parseLong(text(query));
    }

    private static String text(String query) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            result.next();
            return result.getString(1);
        }
    }
}
