package io.hexai.jpa.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the server's catalog says about one schema. What belongs to an extension is not looked at. */
final class TableCatalog {

    private static final String RELATIONS = """
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = ?
              AND NOT EXISTS (
                SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
            """;
    private static final String IS_TABLE = " AND c.relkind IN ('r', 'p')";
    private static final String IS_ROWS = " AND c.relkind IN ('r', 'p', 'v', 'm', 'f')";

    private final Connection connection;
    private final String schema;

    /** A trigger that fires on TRUNCATE, and the keyword that switches it on again as it was. */
    record TruncateTrigger(String table, String name, String enable) {}

    @FunctionalInterface
    private interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    private TableCatalog(Connection connection, String schema) {
        this.connection = connection;
        this.schema = schema;
    }

    static TableCatalog of(Connection connection, @Nullable String schema) throws SQLException {
        return new TableCatalog(connection, schema == null ? currentSchema(connection) : schema);
    }

    private static String currentSchema(Connection connection) throws SQLException {
        @Nullable String current = connection.getSchema();
        if (current == null) {
            throw new IllegalStateException(
                    "The search_path names no schema that exists; create it, or name one by inSchema(…)");
        }
        return current;
    }

    String schema() {
        return schema;
    }

    List<String> tables() throws SQLException {
        return namesOf(IS_TABLE);
    }

    boolean isTable(String name) throws SQLException {
        return !namesOf(IS_TABLE + " AND c.relname = ?", name).isEmpty();
    }

    boolean hasRows(String name) throws SQLException {
        return !namesOf(IS_ROWS + " AND c.relname = ?", name).isEmpty();
    }

    List<String> views() throws SQLException {
        return namesOf(" AND c.relkind = 'v'");
    }

    List<String> materializedViews() throws SQLException {
        return namesOf(" AND c.relkind = 'm'");
    }

    List<String> foreignTables() throws SQLException {
        return namesOf(" AND c.relkind = 'f'");
    }

    List<String> sequences() throws SQLException {
        return namesOf(" AND c.relkind = 'S'");
    }

    private List<String> namesOf(String condition, String... arguments) throws SQLException {
        String query = "SELECT c.relname " + RELATIONS + condition + " ORDER BY c.relname";
        return list(query, row -> row.getString(1), arguments);
    }

    List<TableColumn> columns(String table) throws SQLException {
        String query = "SELECT a.attname, format_type(a.atttypid, NULL)"
                + " FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
                + " WHERE n.nspname = ? AND c.relname = ? AND a.attnum > 0 AND NOT a.attisdropped" + IS_ROWS
                + " ORDER BY a.attnum";
        return list(query, row -> new TableColumn(row.getString(1), row.getString(2)), table);
    }

    /** The triggers by which event tables of this library refuse TRUNCATE; those of others are left to fire. */
    List<TruncateTrigger> appendOnlyTriggers() throws SQLException {
        String query = """
                SELECT c.relname, t.tgname, CASE t.tgenabled WHEN 'A' THEN 'ENABLE ALWAYS' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE' END
                FROM pg_trigger t
                JOIN pg_proc p ON p.oid = t.tgfoid
                JOIN pg_class c ON c.oid = t.tgrelid
                JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = ? AND NOT t.tgisinternal AND t.tgenabled <> 'D'
                  AND t.tgtype & 32 <> 0 AND starts_with(p.proname, 'hexai__')
                ORDER BY c.relname, t.tgname
                """;
        return list(query, row -> new TruncateTrigger(row.getString(1), row.getString(2), row.getString(3)));
    }

    private <T> List<T> list(String query, Row<T> reader, String... arguments) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, schema);
            for (int i = 0; i < arguments.length; i++) {
                statement.setString(i + 2, arguments[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                List<T> result = new ArrayList<>();
                while (rows.next()) {
                    result.add(reader.read(rows));
                }
                return List.copyOf(result);
            }
        }
    }
}
