package io.hexai.jpa.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** What a database has of relations that are named as SQL names them. Statements are described and not run. */
final class SchemaCatalog {

    private final Connection connection;
    private final Map<String, Optional<ColumnType>> types = new HashMap<>();

    /**
     * A column of the database.
     *
     * @param type its type
     * @param notNull whether it refuses null
     * @param filled whether the database gives it a value where an insert gives none
     */
    record Column(ColumnType type, boolean notNull, boolean filled) {}

    /**
     * An index of plain columns over all rows.
     *
     * @param unique whether it refuses duplicates
     * @param columns its columns in order
     */
    record Index(boolean unique, List<String> columns) {}

    @FunctionalInterface
    private interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    SchemaCatalog(Connection connection) {
        this.connection = connection;
    }

    /** Returns {@code r} for a table, {@code v} for a view and so on, or an empty string if there is none of this name. */
    String kindOf(String relation) throws SQLException {
        return list("SELECT relkind FROM pg_class WHERE oid = to_regclass(?)", row -> row.getString(1), relation)
                .stream()
                .findFirst()
                .orElse("");
    }

    /** Returns the columns of a relation that exists, by name. */
    Map<String, Column> columns(String relation) throws SQLException {
        Map<String, ColumnType> typesByName = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement("SELECT * FROM " + relation)) {
            ResultSetMetaData metaData = statement.getMetaData();
            for (int i = 1; i <= metaData.getColumnCount(); i++) {
                typesByName.put(metaData.getColumnLabel(i), ColumnType.of(metaData, i));
            }
        }
        Map<String, Column> columns = new LinkedHashMap<>();
        String query = "SELECT attname, attnotnull, atthasdef OR attidentity <> '' FROM pg_attribute"
                + " WHERE attrelid = to_regclass(?) AND attnum > 0 AND NOT attisdropped ORDER BY attnum";
        list(query, row -> add(row, typesByName, columns), relation);
        return columns;
    }

    /** A column that came between the two statements has no type yet, and is left to the next check. */
    private static String add(ResultSet row, Map<String, ColumnType> typesByName, Map<String, Column> columns)
            throws SQLException {
        String name = row.getString(1);
        ColumnType type = typesByName.get(name);
        if (type != null) {
            columns.put(name, new Column(type, row.getBoolean(2), row.getBoolean(3)));
        }
        return name;
    }

    /** Returns the usable indexes of plain columns over all rows. */
    List<Index> indexes(String relation) throws SQLException {
        String query =
                "SELECT i.indisunique, array(SELECT a.attname::text FROM unnest(i.indkey) WITH ORDINALITY k(num, place)"
                        + " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.num"
                        + " WHERE k.place <= i.indnkeyatts ORDER BY k.place)"
                        + " FROM pg_index i WHERE i.indrelid = to_regclass(?) AND i.indisvalid AND i.indpred IS NULL"
                        + " AND i.indexprs IS NULL";
        return list(
                query,
                row -> new Index(row.getBoolean(1), Arrays.asList((String[])
                        row.getArray(2).getArray())),
                relation);
    }

    /** Returns by how much a sequence grows at each call, or nothing if there is none of this name. */
    OptionalLong increment(String sequence) throws SQLException {
        return list(
                        "SELECT seqincrement FROM pg_sequence WHERE seqrelid = to_regclass(?)",
                        row -> row.getLong(1),
                        sequence)
                .stream()
                .mapToLong(Long::longValue)
                .findFirst();
    }

    /** Returns what the server understands by a type, or nothing if it does not know it. */
    Optional<ColumnType> typeOf(String sqlType) {
        return types.computeIfAbsent(sqlType, this::describe);
    }

    private Optional<ColumnType> describe(String sqlType) {
        try (PreparedStatement statement = connection.prepareStatement("SELECT CAST(NULL AS " + sqlType + ")")) {
            return Optional.of(ColumnType.of(statement.getMetaData(), 1));
        } catch (SQLException e) {
            return Optional.empty();
        }
    }

    private <T> List<T> list(String query, Row<T> reader, String argument) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, argument);
            try (ResultSet rows = statement.executeQuery()) {
                List<T> result = new ArrayList<>();
                while (rows.next()) {
                    result.add(reader.read(rows));
                }
                return result;
            }
        }
    }
}
