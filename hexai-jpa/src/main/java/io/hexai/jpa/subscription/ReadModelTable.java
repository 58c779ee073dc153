package io.hexai.jpa.subscription;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A table of a read model and its copy.
 *
 * @param live the table, with its schema, as SQL writes it
 * @param shadow the copy
 * @param key the columns of the primary key; empty if there is none
 * @param columns all columns that can be written
 * @param identities those that draw from a sequence of their own
 * @param isReferred whether foreign keys lead to it
 */
record ReadModelTable(
        long oid,
        String live,
        String shadow,
        List<String> key,
        List<String> columns,
        List<String> identities,
        boolean isReferred) {

    static ReadModelTable read(Connection connection, String name, String schema) throws SQLException {
        Found found = Jdbc.first(
                connection,
                "SELECT c.oid, format('%I.%I', n.nspname, c.relname), format('%I.%I', ?::text, c.relname),"
                        + " EXISTS (SELECT FROM pg_constraint f WHERE f.confrelid = c.oid), c.relkind IN ('r', 'p')"
                        + " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass(?)",
                row -> new Found(
                        row.getLong(1), row.getString(2), row.getString(3), row.getBoolean(4), row.getBoolean(5)),
                schema,
                name);
        if (found == null || !found.isTable) {
            throw new IllegalStateException("The read model names " + name + ", which is no table in the search path.");
        }
        return new ReadModelTable(
                found.oid,
                found.live,
                found.shadow,
                names(
                        connection,
                        "SELECT quote_ident(a.attname) FROM pg_index i JOIN pg_attribute a"
                                + " ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)"
                                + " WHERE i.indrelid = ? AND i.indisprimary ORDER BY a.attnum",
                        found.oid),
                columns(connection, found.oid, "a.attgenerated = ''"),
                columns(connection, found.oid, "a.attidentity <> ''"),
                found.isReferred);
    }

    private record Found(long oid, String live, String shadow, boolean isReferred, boolean isTable) {}

    private static List<String> columns(Connection connection, long table, String condition) throws SQLException {
        return names(
                connection,
                "SELECT quote_ident(a.attname) FROM pg_attribute a"
                        + " WHERE a.attrelid = ? AND a.attnum > 0 AND NOT a.attisdropped AND " + condition
                        + " ORDER BY a.attnum",
                table);
    }

    private static List<String> names(Connection connection, String sql, long table) throws SQLException {
        return Jdbc.list(connection, sql, row -> row.getString(1), table);
    }

    List<Long> referredTables(Connection connection) throws SQLException {
        return Jdbc.list(
                connection,
                "SELECT confrelid FROM pg_constraint WHERE contype = 'f' AND conrelid = ? AND confrelid <> conrelid",
                row -> row.getLong(1),
                oid);
    }

    /**
     * Removes what the copy has not. Of a table to which nobody refers, that is also what the copy has in another form: so that
     * values of unique columns may change places.
     */
    void deleteVanished(Connection connection) throws SQLException {
        String same = key.isEmpty() ? "false" : isSameKey() + (isReferred ? "" : " AND s::text = l::text");
        Jdbc.update(
                connection,
                "DELETE FROM " + live + " l WHERE NOT EXISTS (SELECT FROM " + shadow + " s WHERE " + same + ")");
    }

    /** Rows are compared by their texts: not every type knows equality. */
    void writeChanged(Connection connection) throws SQLException {
        List<String> values =
                columns.stream().filter(column -> !key.contains(column)).toList();
        if (isReferred && !key.isEmpty() && !values.isEmpty()) {
            String assignments =
                    values.stream().map(column -> column + " = s." + column).collect(Collectors.joining(", "));
            Jdbc.update(
                    connection,
                    "UPDATE " + live + " l SET " + assignments + " FROM " + shadow + " s WHERE " + isSameKey()
                            + " AND s::text <> l::text");
        }
        String all = String.join(", ", columns);
        Jdbc.update(
                connection,
                "INSERT INTO " + live + " (" + all + ") OVERRIDING SYSTEM VALUE SELECT " + all + " FROM " + shadow
                        + " s"
                        + (key.isEmpty()
                                ? ""
                                : " WHERE NOT EXISTS (SELECT FROM " + live + " l WHERE " + isSameKey() + ")"));
        for (String identity : identities) {
            Jdbc.list(
                    connection,
                    "SELECT setval(q.sequence, m.highest) FROM (SELECT pg_get_serial_sequence(?, ?)::regclass AS sequence) q"
                            + " CROSS JOIN (SELECT max(" + identity + ") AS highest FROM " + live + ") m"
                            + " WHERE m.highest > coalesce(pg_sequence_last_value(q.sequence), 0)",
                    row -> true,
                    live,
                    unquoted(identity));
        }
    }

    private static String unquoted(String name) {
        return name.startsWith("\"") ? name.substring(1, name.length() - 1).replace("\"\"", "\"") : name;
    }

    private String isSameKey() {
        return key.stream().map(column -> "s." + column + " = l." + column).collect(Collectors.joining(" AND "));
    }
}
