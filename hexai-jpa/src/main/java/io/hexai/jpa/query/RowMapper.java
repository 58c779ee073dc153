package io.hexai.jpa.query;

/**
 * Makes an object of a row. Implement this to map rows by hand, mostly as a lambda:
 * {@code row -> new Total(row.get("customer", String.class), row.get("cents", Long.class))}.
 *
 * @param <T> the object
 */
@FunctionalInterface
public interface RowMapper<T> {

    /**
     * Makes an object of a row.
     *
     * @param row valid during the call
     * @return the object; what the method throws leaves the query as it is
     */
    T map(Row row);
}
