package io.hexai.jpa.query;

import jakarta.persistence.NoResultException;
import jakarta.persistence.NonUniqueResultException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The forms of a result, whether its rows are fetched for the one form or are there already. */
abstract sealed class RowSource implements QueryResult permits SqlQuery, FetchedRows {

    static final int ALL = 0;

    /** Decides how rows are mapped, once their columns are known. */
    interface Mapping<T extends @Nullable Object> {
        Function<ResultRow, T> of(Columns columns);
    }

    /** Returns the first rows, mapped, at most so many if not {@link #ALL}. */
    abstract <T extends @Nullable Object> List<T> fetch(Mapping<T> mapping, int most);

    /** Returns the first rows as entities, or null if the class is none of an entity. */
    abstract <T> @Nullable List<T> entities(Class<T> type, int most);

    abstract QueryName queryName();

    @Override
    public final <T> List<T> list(Class<T> type) {
        List<T> entities = entities(type, ALL);
        return entities != null ? entities : fetch(required(type), ALL);
    }

    @Override
    public final <T> List<T> list(RowMapper<T> mapper) {
        return fetch(byHand(mapper), ALL);
    }

    @Override
    public final <T> Optional<T> first(Class<T> type) {
        return flat(upTo(1, type));
    }

    @Override
    public final <T> Optional<T> first(RowMapper<T> mapper) {
        return firstOf(fetch(byHand(mapper), 1));
    }

    @Override
    public final <T> Optional<T> optional(Class<T> type) {
        return flat(atMostOne(upTo(2, type)));
    }

    @Override
    public final <T> Optional<T> optional(RowMapper<T> mapper) {
        return firstOf(atMostOne(fetch(byHand(mapper), 2)));
    }

    @Override
    public final <T> T single(Class<T> type) {
        List<T> entities = entities(type, 2);
        return exactlyOne(entities != null ? entities : fetch(required(type), 2));
    }

    @Override
    public final <T> T single(RowMapper<T> mapper) {
        return exactlyOne(fetch(byHand(mapper), 2));
    }

    @Override
    public final List<Map<String, @Nullable Object>> rows() {
        return fetch(columns -> ResultRow::toMap, ALL);
    }

    @Override
    public final List<@Nullable Object[]> arrays() {
        return fetch(columns -> ResultRow::toArray, ALL);
    }

    private <T> List<Optional<T>> upTo(int most, Class<T> type) {
        List<T> entities = entities(type, most);
        return entities != null ? entities.stream().map(Optional::of).toList() : fetch(optionally(type), most);
    }

    private static <T> Optional<T> flat(List<Optional<T>> rows) {
        return rows.isEmpty() ? Optional.empty() : rows.get(0);
    }

    private static <T> Optional<T> firstOf(List<T> rows) {
        return rows.isEmpty() ? Optional.empty() : Optional.ofNullable(rows.get(0));
    }

    private <L extends List<?>> L atMostOne(L rows) {
        if (rows.size() > 1) {
            throw new NonUniqueResultException("There is more than one row in the result of " + queryName()
                    + ". Restrict it, or call first() if any will do.");
        }
        return rows;
    }

    private <T> T exactlyOne(List<T> rows) {
        if (atMostOne(rows).isEmpty()) {
            throw new NoResultException("There is no row in the result of " + queryName()
                    + ". Call optional() where that is to be expected.");
        }
        return rows.get(0);
    }

    static <T> Mapping<T> byHand(RowMapper<T> mapper) {
        return columns -> mapper::map;
    }

    static <T> Mapping<T> required(Class<T> type) {
        return columns -> {
            Function<ResultRow, Optional<T>> mapper = optionally(type).of(columns);
            return row -> mapper.apply(row)
                    .orElseThrow(() -> new QueryResultException(
                            columns.query(),
                            columns.name(0),
                            "Column '" + columns.name(0) + "' in the result of " + columns.query()
                                    + " is NULL in some row. Exclude or coalesce it in the query, or ask for optional(),"
                                    + " rows() or arrays().",
                            null));
        };
    }

    /** Empty where the only column is NULL. */
    @SuppressWarnings("unchecked") // what is mapped to a class is of that class, or of its box
    private static <T> Mapping<Optional<T>> optionally(Class<T> type) {
        return columns -> {
            if (type.isRecord()) {
                RecordMapper mapper = RecordMapper.of(type, columns);
                return row -> Optional.of((T) mapper.map(row));
            }
            if (columns.size() != 1) {
                throw new QueryResultException(
                        columns.query(),
                        null,
                        "The result of " + columns.query() + " has " + columns.size() + " columns " + columns.names()
                                + ", which " + type.getName()
                                + " cannot hold. Take a record, an entity class of this persistence unit, a RowMapper,"
                                + " rows() or arrays().",
                        null);
            }
            return row -> Optional.ofNullable((T) row.converted(0, type, ""));
        };
    }
}
