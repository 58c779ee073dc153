package io.hexai.jpa.query;

import jakarta.persistence.NoResultException;
import jakarta.persistence.NonUniqueResultException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a query, in the form in which they are asked for.
 *
 * <p>A class given as the type of a row may be a record, each of whose components is made of the column of its name
 * ({@code placedAt} of {@code placed_at}), and those that are records themselves of the columns that begin with their name; an
 * entity class, whose instances are managed; or the type of a single column. Components may be optional, enumerations, lists or
 * arrays of array columns, and for columns of JSON anything that Jackson can read. A whole number that the type cannot hold
 * exactly is refused; a fraction read as {@code double} or {@code float} is rounded to the nearest.
 */
public sealed interface QueryResult permits RowSource {

    /**
     * Returns all rows.
     *
     * @param type the type of a row
     * @param <T> the type of a row
     * @return in the order of the query
     * @throws QueryResultException if rows are not of that type, or their only column is NULL
     */
    <T> List<T> list(Class<T> type);

    /**
     * Returns all rows.
     *
     * @param mapper makes an object of each
     * @param <T> the object
     * @return in the order of the query
     */
    <T> List<T> list(RowMapper<T> mapper);

    /**
     * Returns the first row, whether there are more or not.
     *
     * @param type the type of a row
     * @param <T> the type of a row
     * @return empty if there is no row, or its only column is NULL
     * @throws QueryResultException if the row is not of that type
     */
    <T> Optional<T> first(Class<T> type);

    /**
     * Returns the first row, whether there are more or not.
     *
     * @param mapper makes an object of it
     * @param <T> the object
     * @return empty if there is no row
     */
    <T> Optional<T> first(RowMapper<T> mapper);

    /**
     * Returns the row, of which there may be none and not two.
     *
     * @param type the type of a row
     * @param <T> the type of a row
     * @return empty if there is no row, or its only column is NULL
     * @throws NonUniqueResultException if there are two rows or more
     * @throws QueryResultException if the row is not of that type
     */
    <T> Optional<T> optional(Class<T> type);

    /**
     * Returns the row, of which there may be none and not two.
     *
     * @param mapper makes an object of it
     * @param <T> the object
     * @return empty if there is no row
     * @throws NonUniqueResultException if there are two rows or more
     */
    <T> Optional<T> optional(RowMapper<T> mapper);

    /**
     * Returns the row, of which there must be exactly one.
     *
     * @param type the type of a row
     * @param <T> the type of a row
     * @return the row
     * @throws NoResultException if there is none
     * @throws NonUniqueResultException if there are two rows or more
     * @throws QueryResultException if the row is not of that type, or its only column is NULL
     */
    <T> T single(Class<T> type);

    /**
     * Returns the row, of which there must be exactly one.
     *
     * @param mapper makes an object of it
     * @param <T> the object
     * @return the object
     * @throws NoResultException if there is none
     * @throws NonUniqueResultException if there are two rows or more
     */
    <T> T single(RowMapper<T> mapper);

    /**
     * Returns all rows as maps by the names of the columns.
     *
     * @return in the order of the query
     * @throws QueryResultException if two columns have the same name
     */
    List<Map<String, @Nullable Object>> rows();

    /**
     * Returns all rows as arrays, in the order of the columns.
     *
     * @return in the order of the query
     */
    List<@Nullable Object[]> arrays();
}
