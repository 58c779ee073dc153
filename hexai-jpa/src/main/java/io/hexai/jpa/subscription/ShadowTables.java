package io.hexai.jpa.subscription;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Copies of a read model's tables, in a schema of their own that comes first in the search path of who fills them.
 *
 * <p>In the end the tables get the copies' contents; they are not replaced by the copies. So whatever belongs to them stays:
 * foreign keys and views of others, grants, triggers, sequences. Readers see the old rows until the commit, and wait for
 * nothing.
 */
final class ShadowTables implements ShadowSchema {

    private final String schema;
    private final List<ReadModelTable> tables;
    private @Nullable Long changesAtFirst;

    private ShadowTables(String schema, List<ReadModelTable> tables) {
        this.schema = schema;
        this.tables = tables;
    }

    private static String schemaOf(String subscription) {
        UUID hash = UUID.nameUUIDFromBytes(subscription.getBytes(StandardCharsets.UTF_8));
        return "hexai__rebuild_" + hash.toString().replace("-", "");
    }

    static void dropLeftOver(Connection connection, String subscription) throws SQLException {
        String schema = schemaOf(subscription);
        Integer present =
                Jdbc.first(connection, "SELECT 1 FROM pg_namespace WHERE nspname = ?", row -> row.getInt(1), schema);
        if (present != null) {
            Jdbc.update(connection, "DROP SCHEMA " + schema + " CASCADE");
        }
    }

    static ShadowTables create(Connection connection, String subscription, List<String> names) throws SQLException {
        dropLeftOver(connection, subscription);
        String schema = schemaOf(subscription);
        List<ReadModelTable> tables = new ArrayList<>();
        for (String name : names) {
            tables.add(ReadModelTable.read(connection, name, schema));
        }
        Jdbc.update(connection, "CREATE SCHEMA " + schema);
        for (ReadModelTable table : tables) {
            // Its contents are worth nothing after a crash.
            Jdbc.update(
                    connection,
                    "CREATE UNLOGGED TABLE " + table.shadow() + " (LIKE " + table.live() + " INCLUDING ALL)");
        }
        return new ShadowTables(schema, inOrderOfReferences(connection, tables));
    }

    /** Those that others refer to come first. */
    private static List<ReadModelTable> inOrderOfReferences(Connection connection, List<ReadModelTable> tables)
            throws SQLException {
        Map<Long, ReadModelTable> left = new LinkedHashMap<>();
        tables.forEach(table -> left.put(table.oid(), table));
        List<ReadModelTable> ordered = new ArrayList<>();
        while (!left.isEmpty()) {
            ReadModelTable next = left.values().iterator().next();
            for (ReadModelTable candidate : left.values()) {
                if (candidate.referredTables(connection).stream().noneMatch(left::containsKey)) {
                    next = candidate;
                    break;
                }
            }
            left.remove(next.oid());
            ordered.add(next);
        }
        return ordered;
    }

    @Override
    public void enter(Connection connection) throws SQLException {
        Jdbc.list(
                connection,
                "SELECT set_config('search_path', ? || ', ' || current_setting('search_path'), true)",
                row -> true,
                schema);
        changesAtFirst = changes(connection);
    }

    @Override
    public void requireUntouched(Connection connection) throws SQLException {
        if (!Objects.equals(changesAtFirst, changes(connection))) {
            throw new IllegalStateException(
                    "A handler has changed a table of the read model itself, instead of its copy: it"
                            + " names the schema, or goes through a function or a view that does. Name none, or rebuild by"
                            + " onRebuild(…) alone.");
        }
    }

    /** Of this server process, which counts them for the statistics. */
    private long changes(Connection connection) throws SQLException {
        long sum = 0;
        for (ReadModelTable table : tables) {
            sum += Objects.requireNonNull(Jdbc.first(
                    connection,
                    "SELECT pg_stat_get_xact_tuples_inserted(?) + pg_stat_get_xact_tuples_updated(?)"
                            + " + pg_stat_get_xact_tuples_deleted(?)",
                    row -> row.getLong(1),
                    table.oid(),
                    table.oid(),
                    table.oid()));
        }
        return sum;
    }

    void replaceContents(Connection connection) throws SQLException {
        for (ReadModelTable table : tables) {
            Jdbc.update(connection, "LOCK TABLE " + table.live() + " IN SHARE ROW EXCLUSIVE MODE");
            Jdbc.update(connection, "ANALYZE " + table.shadow());
        }
        for (int i = tables.size() - 1; i >= 0; i--) {
            tables.get(i).deleteVanished(connection);
        }
        for (ReadModelTable table : tables) {
            table.writeChanged(connection);
        }
    }

    void drop(Connection connection) throws SQLException {
        Jdbc.update(connection, "DROP SCHEMA " + schema + " CASCADE");
    }
}
