package io.hexai.jpa.benchmarks;

import io.hexai.jpa.database.Migrations;
import io.hexai.jpa.event.EventFilter;
import io.hexai.jpa.event.EventPage;
import io.hexai.jpa.event.EventStore;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What the number of events before makes of reading and appending, the store beside itself. Pages are those of the last ten
 * thousand events of either table, so that what is compared is the way to them and not what the server has in memory.
 */
final class EventTableSizes implements Contest {

    private static final String SMALL = "hexai__events";
    private static final String OF_SMALL = ", 10 thousand events";
    private static final String OF_LARGE = ", 10 million events";
    private static final String FETCH = "fetch(100)";
    private static final String FETCH_TYPE = "fetch(100) of one type of ten";
    private static final String FETCH_CATEGORY = "fetch(100) of one category of ten";
    private static final String APPEND = "store";
    private static final int PAGE = 100;
    private static final int SMALL_COUNT = 10_000;
    private static final int LARGE_COUNT = 10_000_000;
    private static final EventFilter TYPE = EventFilter.typeNames("order.type-3");
    private static final EventFilter CATEGORY = EventFilter.categories("category3");

    private final EventDatabase database = new EventDatabase(2);
    private final EventStore small = database.store().build();
    private final EventStore large =
            database.store().entity(LargeTableEvent.class).build();

    private EventTableSizes() throws SQLException {
        Migrations.runEventTable(database.pool(), LargeTableEvent.TABLE);
        fill(LargeTableEvent.TABLE, LARGE_COUNT);
    }

    static Comparison comparison() {
        Comparison comparison = Comparison.of(
                "event-table-size",
                "Reading and appending with many events before",
                "operations/s",
                List.of(
                        FETCH + OF_SMALL,
                        FETCH + OF_LARGE,
                        FETCH_TYPE + OF_SMALL,
                        FETCH_TYPE + OF_LARGE,
                        FETCH_CATEGORY + OF_SMALL,
                        FETCH_CATEGORY + OF_LARGE,
                        APPEND + OF_SMALL,
                        APPEND + OF_LARGE),
                EventTableSizes::new);
        return comparison
                .claiming(Claim.time(9, FETCH + OF_LARGE, 1.2, FETCH + OF_SMALL))
                .claiming(Claim.time(9, FETCH_TYPE + OF_LARGE, 1.2, FETCH_TYPE + OF_SMALL))
                .claiming(Claim.time(9, FETCH_CATEGORY + OF_LARGE, 1.2, FETCH_CATEGORY + OF_SMALL))
                .claiming(Claim.time(9, APPEND + OF_LARGE, 1.2, APPEND + OF_SMALL));
    }

    /** By the server itself, and in the order of positions, as if it had been appended over the years. */
    private void fill(String table, int count) throws SQLException {
        List<String> indexes = dropIndexes(table);
        database.execute("INSERT INTO " + table
                + " (position, message_type, headers, payload, stream_id, stream_version)"
                + " SELECT n, 'order.type-' || n % 10, jsonb_build_object('id', uuidv7(), 'type', 'order.type-' || n % 10,"
                + " 'schemaVersion', 1, 'createdAt', '2026-11-25T00:00:00.000Z', 'intent', 'event'),"
                + " jsonb_build_object('orderId', 'order-' || n, 'customerId', 'customer-456', 'cents', 4950),"
                + " 'category' || n / 10 % 10 || '-' || n, 1"
                + " FROM generate_series(1, " + count + ") n");
        database.execute(indexes.toArray(String[]::new));
        database.execute("SELECT setval('" + table + "_position_seq', " + count + ")");
        database.executeAlone("VACUUM ANALYZE " + table);
    }

    /** To make them afterwards takes a fraction of the time. Returns the statements that do. */
    private List<String> dropIndexes(String table) throws SQLException {
        List<String> definitions = database.strings("SELECT 'SET LOCAL maintenance_work_mem = ''1GB''; ' || indexdef"
                + " FROM pg_indexes WHERE tablename = '" + table + "'");
        database.execute("ALTER TABLE " + table + " DROP CONSTRAINT IF EXISTS " + table + "_pkey");
        for (String index : database.strings("SELECT indexname FROM pg_indexes WHERE tablename = '" + table + "'")) {
            database.execute("DROP INDEX " + index);
        }
        return definitions;
    }

    @Override
    public Map<String, Operation> operations() {
        Map<String, Operation> operations = new LinkedHashMap<>();
        add(operations, OF_SMALL, small, SMALL_COUNT);
        add(operations, OF_LARGE, large, LARGE_COUNT);
        return operations;
    }

    private static void add(Map<String, Operation> operations, String size, EventStore store, int count) {
        operations.put(FETCH + size, () -> fetch(store, count, EventFilter.all()));
        operations.put(FETCH_TYPE + size, () -> fetch(store, count, TYPE));
        operations.put(FETCH_CATEGORY + size, () -> fetch(store, count, CATEGORY));
        operations.put(APPEND + size, () -> store.store(OrderPlaced.number(1)));
    }

    private static EventPage fetch(EventStore store, int count, EventFilter filter) {
        int after = count - SMALL_COUNT + ThreadLocalRandom.current().nextInt(SMALL_COUNT - 20 * PAGE);
        EventPage page = store.fetch(after, PAGE, filter);
        if (page.events().size() != PAGE) {
            throw new IllegalStateException("A page of " + page.events().size() + " events");
        }
        return page;
    }

    @Override
    public void beforeTurn(String contestant) throws SQLException {
        if (contestant.endsWith(OF_SMALL)) {
            database.empty(SMALL);
            fill(SMALL, SMALL_COUNT);
        }
    }

    @Override
    public void close() throws SQLException {
        database.close();
    }
}
