package io.hexai.jpa.query;

import io.hexai.jpa.query.ValueConversion.Unconvertible;
import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A row that has been read. */
final class ResultRow implements Row {

    private final Columns columns;
    private final ValueConversion conversion;
    private final @Nullable Object[] values;

    ResultRow(Columns columns, ValueConversion conversion, @Nullable Object[] values) {
        this.columns = columns;
        this.conversion = conversion;
        this.values = values;
    }

    @Override
    @SuppressWarnings("unchecked") // what is converted to a class is of that class, or of its box
    public <V> @Nullable V get(String column, Class<V> type) {
        return (V) converted(columns.requireIndexOf(column), type, "");
    }

    @Override
    public @Nullable Object get(String column) {
        return conversion.plain(values[columns.requireIndexOf(column)]);
    }

    @Override
    public List<String> columns() {
        return columns.names();
    }

    @Override
    public Map<String, @Nullable Object> toMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = 0; i < values.length; i++) {
            columns.requireIndexOf(columns.name(i));
            map.put(columns.name(i), conversion.plain(values[i]));
        }
        return map;
    }

    @Nullable
    Object[] toArray() {
        @Nullable Object[] array = new Object[values.length];
        for (int i = 0; i < array.length; i++) {
            array[i] = conversion.plain(values[i]);
        }
        return array;
    }

    /** As they were read. */
    @Nullable
    Object[] values() {
        return values;
    }

    boolean isNull(int index) {
        return values[index] == null;
    }

    /** Converts a value; the target is what messages call the place that it is wanted in. */
    @Nullable
    Object converted(int index, Type type, String target) {
        try {
            return conversion.convert(values[index], type);
        } catch (Unconvertible e) {
            throw new QueryResultException(
                    columns.query(),
                    columns.name(index),
                    "Column '" + columns.name(index) + "' in the result of " + columns.query() + " "
                            + Objects.requireNonNull(e.getMessage()) + (target.isEmpty() ? "" : " in " + target) + ".",
                    e.getCause());
        }
    }
}
