package io.hexai.jpa.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventTableTest {

    private static final Pattern OTHER_TABLES =
            Pattern.compile("databasechangelog|hexai__(subscriptions|checkpoints|dead_letters)");

    private static final String LONGEST = "a".repeat(46);

    private final MigrationDatabase database = new MigrationDatabase();

    @AfterEach
    void drop() {
        database.close();
    }

    @Nested
    class ATableOfItsOwn {

        @Test
        void hasTheShapeOfTheBuiltInOne() {
            Migrations.runEventTable(database.dataSource(), "x_events");
            List<String> shape = shape("x_events", "x_events_position_counter");
            try (MigrationDatabase builtIn = new MigrationDatabase()) {
                Migrations.runBuiltIn(builtIn.dataSource());
                assertThat(builtIn.schema().stream()
                                .filter(line -> !OTHER_TABLES.matcher(line).find())
                                .map(line -> line.replace("hexai__event_position_counter", "COUNTER")
                                        .replace("hexai__events", "EVENTS")))
                        .containsExactlyInAnyOrderElementsOf(shape);
            }
        }

        @Test
        void standsBesideTheBuiltInOneAndOthers() {
            Migrations.runBuiltIn(database.dataSource());
            Migrations.runEventTable(database.dataSource(), "order_events");
            MigrationReport report = Migrations.runEventTable(database.dataSource(), "payment_events");

            assertThat(report.names()).hasSize(5).allMatch(name -> name.contains("payment_events"));
            assertThat(Migrations.runEventTable(database.dataSource(), "order_events")
                            .applied())
                    .isEmpty();
            assertThat(database.tables())
                    .containsExactly(
                            "hexai__checkpoints",
                            "hexai__dead_letters",
                            "hexai__event_position_counter",
                            "hexai__events",
                            "hexai__subscriptions",
                            "order_events",
                            "order_events_position_counter",
                            "payment_events",
                            "payment_events_position_counter");
        }

        @Test
        void sharesTheTriggerFunctionAndNamesItselfInItsMessage() {
            Migrations.runBuiltIn(database.dataSource());
            Migrations.runEventTable(database.dataSource(), "order_events");
            assertThat(database.rows("SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"))
                    .containsExactly("hexai__refuse_change");
            assertThatThrownBy(() -> database.execute("TRUNCATE order_events"))
                    .hasMessageContaining("event table \"order_events\" is append-only: TRUNCATE refused");
        }

        private List<String> shape(String table, String counter) {
            return database.schema().stream()
                    .filter(line -> !OTHER_TABLES.matcher(line).find())
                    .map(line -> line.replace(counter, "COUNTER").replace(table, "EVENTS"))
                    .toList();
        }
    }

    @Nested
    class AName {

        @Test
        void mayHave46CharactersWithoutAnyNameBeingCut() {
            Migrations.runEventTable(database.dataSource(), LONGEST);
            assertThat(database.rows("SELECT relname FROM pg_class WHERE relname LIKE '" + LONGEST + "%'"))
                    .contains(
                            LONGEST,
                            LONGEST + "_position_seq",
                            LONGEST + "_position_counter",
                            LONGEST + "_stream_key",
                            LONGEST + "_message_id_key",
                            LONGEST + "_message_type_idx",
                            LONGEST + "_category_idx");
        }

        @Test
        void ofMoreCharactersIsRefusedWithTheLimit() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Migrations.runEventTable(database.dataSource(), LONGEST + "b"))
                    .withMessageContaining(LONGEST + "b")
                    .withMessageContaining("46");
        }

        @ParameterizedTest
        @ValueSource(strings = {"My-Events", "1events", "a.b", "a\"; DROP TABLE x; --", "it's /* b", "événements"})
        void mayNeedQuotes(String name) {
            Migrations.runEventTable(database.dataSource(), name);
            assertThat(Migrations.runEventTable(database.dataSource(), name).applied())
                    .isEmpty();

            assertThat(database.tables()).containsExactlyInAnyOrder(name, name + "_position_counter");
            database.execute("INSERT INTO \"" + name.replace("\"", "\"\"")
                    + "\" (position, message_type, headers, payload) VALUES (1, 'a', '{}', '{}')");
        }

        @ParameterizedTest
        @ValueSource(strings = {"", " ", "${x}", "$hexai", "a\nb", "a\u0000"})
        void thatCannotBeIsRefused(String name) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Migrations.runEventTable(database.dataSource(), name))
                    .withMessageContaining("\"" + name + "\"");
            assertThat(database.tables()).isEmpty();
        }

        @Test
        void missingFromARunOfTheChangelogItselfIsNamed() {
            assertThatThrownBy(() -> Migrations.run(database.dataSource(), "classpath:hexai-jpa/event-table.xml"))
                    .isInstanceOf(InvalidMigrationException.class)
                    .hasMessageContaining("hexai.eventTable");
        }
    }

    @Nested
    class ASystemPropertyOfTheParametersName {

        @Test
        void doesNotCreateAnotherTableUnseen() {
            System.setProperty("hexai.eventTable", "other_events");
            try {
                assertThatThrownBy(() -> Migrations.runEventTable(database.dataSource(), "order_events"))
                        .isInstanceOf(InvalidMigrationException.class)
                        .hasMessageContaining("hexai.eventTable");
            } finally {
                System.clearProperty("hexai.eventTable");
            }
            assertThat(database.tables()).isEmpty();
        }
    }

    @Nested
    class Rollback {

        private static final String BUILT_IN = "classpath:hexai-jpa/built-in.xml";

        @Test
        void ofEveryChangesetLeavesAnEmptySchema() {
            List<String> applied = Migrations.runBuiltIn(database.dataSource()).names();

            for (int remaining = applied.size(); remaining > 0; remaining--) {
                assertThat(Migrations.rollBack(database.dataSource(), BUILT_IN, 1))
                        .containsExactly(applied.get(remaining - 1));
                assertThat(database.ledger()).hasSize(remaining - 1);
            }

            assertThat(database.rows("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
                            + " AND relname NOT LIKE 'databasechangelog%'"))
                    .isEmpty();
            assertThat(database.rows("SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"))
                    .isEmpty();
            assertThat(Migrations.runBuiltIn(database.dataSource()).names()).isEqualTo(applied);
        }

        @Test
        void ofOneTableLeavesTheOthersProtected() {
            Migrations.runBuiltIn(database.dataSource());
            Migrations.runEventTable(database.dataSource(), "order_events");

            Migrations.rollBack(database.dataSource(), BUILT_IN, 100);

            assertThat(database.tables()).containsExactly("order_events", "order_events_position_counter");
            assertThatThrownBy(() -> database.execute("DELETE FROM order_events"))
                    .hasMessageContaining("append-only");
        }

        @Test
        void thatFailsLeavesChangeAndRecord() {
            Migrations.runBuiltIn(database.dataSource());
            List<String> ledger = database.ledger();
            database.execute(
                    "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not now'; END $$;"
                            + " CREATE TRIGGER refuse BEFORE DELETE ON databasechangelog EXECUTE FUNCTION refuse()");

            assertThatThrownBy(() -> Migrations.rollBack(database.dataSource(), BUILT_IN, 1))
                    .isInstanceOf(MigrationFailedException.class)
                    .hasMessageContaining("not now");

            assertThat(database.ledger()).isEqualTo(ledger);
            assertThatThrownBy(() -> database.execute("DELETE FROM hexai__events"))
                    .hasMessageContaining("append-only");
        }
    }
}
