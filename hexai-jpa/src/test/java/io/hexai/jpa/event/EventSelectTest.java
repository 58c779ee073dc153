package io.hexai.jpa.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** How the server executes the statement of a fetch, in a table where one type and one category are nearly everything. */
class EventSelectTest {

    private static final int BULK = 20_000;

    private static EventDatabase database;

    @BeforeAll
    static void fill() {
        database = EventDatabase.create();
        database.execute(
                "INSERT INTO hexai__events (position, message_type, headers, payload, stream_id, stream_version)"
                        + " SELECT g, CASE WHEN g % 2000 = 7 THEN 'rare' ELSE 'bulk' END, '{}', '{}',"
                        + " CASE WHEN g % 2000 = 7 THEN 'rare-1' ELSE 'bulk-1' END, g FROM generate_series(1, " + BULK
                        + ") g; ANALYZE hexai__events");
    }

    @AfterAll
    static void close() {
        database.close();
    }

    static List<Arguments> filters() {
        return List.of(
                argumentSet("all", EventFilter.all()),
                argumentSet("a rare type", EventFilter.typeNames("rare")),
                argumentSet("a frequent type", EventFilter.typeNames("bulk")),
                argumentSet("types", EventFilter.typeNames("rare", "bulk", "unknown")),
                argumentSet("a category", EventFilter.categories("rare")),
                argumentSet("categories", EventFilter.categories("bulk", "unknown")),
                argumentSet("both", EventFilter.typeNames("bulk").withCategories("bulk", "rare")),
                argumentSet("a partition", EventFilter.all().withPartition(1, 2)));
    }

    @ParameterizedTest
    @MethodSource("filters")
    void searchesTheIndexOfTheFilter(EventFilter filter) throws SQLException {
        String index = !filter.selectedTypes().isEmpty()
                ? "hexai__events_message_type_idx"
                : filter.selectedCategories().isEmpty() ? "hexai__events_pkey" : "hexai__events_category_idx";

        assertThat(plan(filter)).contains("Index Scan using " + index).doesNotContain("Seq Scan", "Bitmap");
    }

    /** Else each fetch from a table of some millions of events would be planned anew. */
    @ParameterizedTest
    @MethodSource("filters")
    void isPlannedOnce(EventFilter filter) throws SQLException {
        EventSelect select = select(filter);
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            for (int i = 0; i < 30; i++) {
                select.rows(connection, BULK - 1_000, BULK, 100);
            }
            try (ResultSet row = statement.executeQuery(
                    "SELECT custom_plans, generic_plans FROM pg_prepared_statements WHERE statement LIKE '%hexai__events%'")) {
                assertThat(row.next()).isTrue();
                assertThat(row.getLong(1)).as("custom plans").isLessThanOrEqualTo(5);
                assertThat(row.getLong(2)).as("generic plans").isPositive();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("filters")
    void readsThePageAndNoMore(EventFilter filter) throws SQLException {
        try (Connection connection = database.connect()) {
            List<EventRow> all = select(filter).rows(connection, 0, BULK, BULK);
            List<EventRow> page = select(filter).rows(connection, 100, BULK - 100, 50);

            assertThat(all).extracting(EventRow::position).isSorted().doesNotHaveDuplicates();
            assertThat(page)
                    .isEqualTo(all.stream()
                            .filter(row -> row.position() > 100 && row.position() <= BULK - 100)
                            .limit(50)
                            .toList());
        }
    }

    private static EventSelect select(EventFilter filter) {
        return new EventSelect(EventTable.of(database.factory(), HexaiEvent.class), filter);
    }

    /** The plan without regard to values. */
    private static String plan(EventFilter filter) throws SQLException {
        Matcher parameters = Pattern.compile("\\?").matcher(select(filter).limited(20));
        int[] count = {0};
        String sql = parameters.replaceAll(parameter -> "\\$" + ++count[0]);
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET plan_cache_mode = force_generic_plan");
            statement.execute("PREPARE fetching AS " + sql);
            List<String> plan = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery(
                    "EXPLAIN EXECUTE fetching (" + String.join(", ", Collections.nCopies(count[0], "NULL")) + ")")) {
                while (rows.next()) {
                    plan.add(rows.getString(1));
                }
            }
            return String.join("\n", plan);
        }
    }
}
