package io.hexai.jpa.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BuiltInSchemaTest {

    private static final String INSERT =
            "INSERT INTO hexai__events (position, message_type, headers, payload, stream_id, stream_version) VALUES ";

    private final MigrationDatabase database = new MigrationDatabase();

    @AfterEach
    void drop() {
        database.close();
    }

    @Nested
    class OnAnEmptyDatabase {

        @BeforeEach
        void migrate() {
            Migrations.runBuiltIn(database.dataSource());
        }

        @Test
        void hasTheEventTableWithTheColumnsOfTheWireFormat() {
            assertThat(database.rows(
                            "SELECT column_name, data_type, is_nullable, column_default FROM information_schema.columns"
                                    + " WHERE table_name = 'hexai__events' ORDER BY ordinal_position"))
                    .containsExactly(
                            "position|bigint|NO|null",
                            "message_type|text|NO|null",
                            "headers|jsonb|NO|null",
                            "payload|jsonb|NO|null",
                            "created_at|timestamp with time zone|NO|now()",
                            "stream_id|text|YES|null",
                            "stream_version|bigint|YES|null");
        }

        @Test
        void drawsPositionsFromOneOnWithoutACache() {
            assertThat(database.value("SELECT data_type, start_value, cache_size, cycle, last_value FROM pg_sequences"
                            + " WHERE sequencename = 'hexai__events_position_seq'"))
                    .isEqualTo("bigint|1|1|f|null");
            assertThat(database.value("SELECT nextval('hexai__events_position_seq')"))
                    .isEqualTo("1");
        }

        @Test
        void hasACounterOfOneRow() {
            assertThat(database.rows("SELECT id, last_position FROM hexai__event_position_counter"))
                    .containsExactly("1|0");
            assertThatThrownBy(() -> database.execute("INSERT INTO hexai__event_position_counter VALUES (2, 0)"))
                    .hasMessageContaining("check constraint");
        }

        @Test
        void refusesTheSameVersionOfAStreamTwice() {
            database.execute(INSERT + "(1, 't', '{\"id\": \"a\"}', '{}', 'order-1', 1)");
            assertThatThrownBy(() -> database.execute(INSERT + "(2, 't', '{\"id\": \"b\"}', '{}', 'order-1', 1)"))
                    .hasMessageContaining("hexai__events_stream_key");
        }

        @Test
        void refusesTheSameMessageTwice() {
            database.execute(INSERT + "(1, 't', '{\"id\": \"a\"}', '{}', NULL, NULL)");
            assertThatThrownBy(() -> database.execute(INSERT + "(2, 't', '{\"id\": \"a\"}', '{}', NULL, NULL)"))
                    .hasMessageContaining("hexai__events_message_id_key");
        }

        @Test
        void refusesAStreamWithoutAVersion() {
            assertThatThrownBy(() -> database.execute(INSERT + "(1, 't', '{}', '{}', 'order-1', NULL)"))
                    .hasMessageContaining("hexai__events_stream_check");
        }

        @Test
        void readsAStreamCategoryInOrderOfPositionFromAnIndex() {
            List<String> plan = database.rows("EXPLAIN (COSTS OFF) SELECT * FROM hexai__events"
                    + " WHERE split_part(stream_id, '-', 1) = 'order' AND position > 5 ORDER BY position LIMIT 10");
            assertThat(plan).anyMatch(line -> line.contains("Index Scan using hexai__events_category_idx"));
            assertThat(plan).noneMatch(line -> line.contains("Sort"));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "UPDATE hexai__events SET message_type = 'x'",
                    "DELETE FROM hexai__events",
                    "DELETE FROM hexai__events WHERE false",
                    "TRUNCATE hexai__events",
                    "INSERT INTO hexai__events (position, message_type, headers, payload) VALUES (1, 'u', '{}', '{}')"
                            + " ON CONFLICT (position) DO UPDATE SET message_type = 'x'"
                })
        void refusesToChangeAnEvent(String change) {
            database.execute(INSERT + "(1, 't', '{}', '{}', NULL, NULL)");
            assertThatThrownBy(() -> database.execute(change))
                    .hasMessageContaining("event table \"hexai__events\" is append-only")
                    .cause()
                    .hasFieldOrPropertyWithValue("SQLState", "23001");
            assertThat(database.rows("SELECT message_type FROM hexai__events")).containsExactly("t");
        }

        @Test
        void isLeftAloneByALaterRun() {
            List<String> schema = database.schema();
            List<String> ledger = database.ledger();
            assertThat(Migrations.runBuiltIn(database.dataSource()).applied()).isEmpty();
            assertThat(database.schema()).isEqualTo(schema);
            assertThat(database.ledger()).isEqualTo(ledger);
        }
    }

    @Nested
    class OnADatabaseOfTheTypeScriptLibrary {

        @BeforeEach
        void createAsTheTypeScriptLibraryDoes() {
            database.execute(
                    "CREATE TABLE hexai__event_position_counter (id integer PRIMARY KEY DEFAULT 1 CHECK (id = 1),"
                            + " last_position bigint NOT NULL DEFAULT 0);"
                            + " CREATE TABLE hexai__events (position bigint PRIMARY KEY, message_type text NOT NULL,"
                            + " headers jsonb NOT NULL, payload jsonb NOT NULL, created_at timestamptz NOT NULL DEFAULT now());"
                            + " INSERT INTO hexai__event_position_counter VALUES (1, 2);"
                            + " INSERT INTO hexai__events (position, message_type, headers, payload)"
                            + " VALUES (1, 't', '{\"id\": \"a\"}', '{}'), (2, 't', '{\"id\": \"b\"}', '{}')");
            Migrations.runBuiltIn(database.dataSource());
        }

        @Test
        void keepsTheEventsAndAddsTheStreamColumns() {
            assertThat(database.rows("SELECT position, headers ->> 'id', stream_id FROM hexai__events ORDER BY 1"))
                    .containsExactly("1|a|null", "2|b|null");
        }

        @Test
        void goesOnAfterTheLastPosition() {
            assertThat(database.value("SELECT nextval('hexai__events_position_seq')"))
                    .isEqualTo("3");
            assertThat(database.value("SELECT last_position FROM hexai__event_position_counter"))
                    .isEqualTo("2");
        }
    }
}
