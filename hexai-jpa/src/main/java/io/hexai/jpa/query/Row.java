package io.hexai.jpa.query;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One row of a result. Names of columns are found in any case, and with or without underscores: {@code placedAt} is the column
 * {@code placed_at}. Confined to the call that got it.
 */
public interface Row {

    /**
     * Returns the value of a column, converted.
     *
     * @param column its name
     * @param type what it is wanted as: a type of {@code java.lang}, {@code java.time}, {@code java.math} or an enumeration, a
     *     UUID, a byte array, or for JSON any class that Jackson can read
     * @param <V> the type
     * @return null for NULL
     * @throws QueryResultException if there is no such column, or its value is none of that type
     */
    <V> @Nullable V get(String column, Class<V> type);

    /**
     * Returns the value of a column as it came.
     *
     * @param column its name
     * @return null for NULL; arrays as lists, JSON as a {@code JsonNode}
     * @throws QueryResultException if there is no such column
     */
    @Nullable
    Object get(String column);

    /**
     * Returns the names of the columns.
     *
     * @return in their order
     */
    List<String> columns();

    /**
     * Returns the row as a map.
     *
     * @return by the names of the columns, in their order
     * @throws QueryResultException if two columns have the same name
     */
    Map<String, @Nullable Object> toMap();
}
