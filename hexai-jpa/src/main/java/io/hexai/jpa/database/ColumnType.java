package io.hexai.jpa.database;

import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;

/**
 * A column's type as the driver tells it, of a table's column as of a cast, so that both sides are called the same.
 *
 * @param name the server's internal name, such as {@code int8}
 * @param precision the length or the number of digits; 0 for numbers without a limit
 * @param scale the digits after the point, of seconds too
 */
record ColumnType(String name, int precision, int scale) {

    private static final Map<String, String> SERIALS =
            Map.of("bigserial", "int8", "serial", "int4", "smallserial", "int2");
    private static final Map<String, String> SQL_NAMES =
            Map.of("int8", "bigint", "int4", "integer", "int2", "smallint", "bool", "boolean", "bpchar", "char");
    private static final Set<String> TEXTS = Set.of("varchar", "text");
    private static final Set<String> TIMES = Set.of("timestamp", "timestamptz", "time", "timetz");
    private static final Set<String> LENGTHS = Set.of("bpchar", "bit", "varbit");

    static ColumnType of(ResultSetMetaData metaData, int column) throws SQLException {
        String name = metaData.getColumnTypeName(column);
        return new ColumnType(
                SERIALS.getOrDefault(name, name), metaData.getPrecision(column), metaData.getScale(column));
    }

    /** Whether this column takes every value of a column of the other type, and gives it back as it was. */
    boolean holds(ColumnType mapped) {
        if (TEXTS.contains(name) && TEXTS.contains(mapped.name)) {
            return precision >= mapped.precision;
        }
        if (!name.equals(mapped.name)) {
            return false;
        }
        if (name.equals("numeric")) {
            return precision == 0
                    || (mapped.precision != 0
                            && scale >= mapped.scale
                            && precision - scale >= mapped.precision - mapped.scale);
        }
        if (TIMES.contains(name)) {
            return scale >= mapped.scale;
        }
        return !LENGTHS.contains(name) || precision == mapped.precision;
    }

    /** Returns the type as SQL writes it. */
    @Override
    public String toString() {
        String sqlName = SQL_NAMES.getOrDefault(name, name);
        if (name.equals("varchar") && precision < Integer.MAX_VALUE || LENGTHS.contains(name)) {
            return sqlName + "(" + precision + ")";
        }
        if (name.equals("numeric") && precision > 0) {
            return sqlName + "(" + precision + "," + scale + ")";
        }
        return TIMES.contains(name) && scale < 6 ? sqlName + "(" + scale + ")" : sqlName;
    }
}
