package io.hexai.jpa.query;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A query with named parameters. Immutable: {@link #named} and {@link #param} return a changed copy, so that one can be kept
 * and given other values each time; thread-safe.
 *
 * <p>It runs in the current unit of work whenever its rows are asked for, after pending changes were flushed, except in
 * {@link io.hexai.jpa.transaction.TransactionMode#OPTIMISTIC}, where it does not see them.
 */
public final class SqlQuery extends RowSource {

    private final QueryRun run;
    private final SqlText text;
    private final QueryName name;
    private final Map<String, BoundValue> values;

    SqlQuery(QueryRun run, SqlText text, QueryName name, Map<String, BoundValue> values) {
        this.run = run;
        this.text = text;
        this.name = name;
        this.values = values;
    }

    /**
     * Gives the query a name: for the log, for messages, and for {@link Queries#all}.
     *
     * @param newName replaces an earlier one
     * @return the changed copy
     */
    public SqlQuery named(String newName) {
        return new SqlQuery(run, text, new QueryName(Objects.requireNonNull(newName, "name"), text.sql()), values);
    }

    /**
     * Gives a value for a parameter. It is always sent beside the text, never within it.
     *
     * <p>A collection or an array in {@code IN (:ids)} stands for its elements: an empty one matches nothing, and in
     * {@code NOT IN (:ids)} everything. Anywhere else, as in {@code = ANY (:ids)}, it is an array of PostgreSQL's. An enumeration
     * is its name; a {@code JsonNode} is jsonb.
     *
     * @param parameter its name, without the colon
     * @param value may be null; replaces an earlier one
     * @return the changed copy
     * @throws QueryParameterException if the text has no such parameter, or the value is of a class that cannot be sent
     */
    public SqlQuery param(String parameter, @Nullable Object value) {
        if (!text.declares(parameter)) {
            throw QueryParameterException.unknown(name, parameter, text.names());
        }
        Map<String, BoundValue> more = new LinkedHashMap<>(values);
        more.put(parameter, BoundValue.of(value, type -> QueryParameterException.unsupported(name, parameter, type)));
        return new SqlQuery(run, text, name, more);
    }

    /**
     * Gives values for several parameters.
     *
     * @param parameters by the names of the parameters
     * @return the changed copy
     * @throws QueryParameterException as {@link #param}
     */
    public SqlQuery params(Map<String, ? extends @Nullable Object> parameters) {
        SqlQuery changed = this;
        for (Map.Entry<String, ? extends @Nullable Object> parameter : parameters.entrySet()) {
            changed = changed.param(parameter.getKey(), parameter.getValue());
        }
        return changed;
    }

    /**
     * Runs a statement for its effect. In optimistic mode it begins the transaction.
     *
     * @return the number of rows that were inserted, updated or deleted; 0 for a statement that has a result
     * @throws QueryParameterException if a parameter has no value
     * @throws QueryFailedException if the server refuses the statement
     * @throws io.hexai.jpa.transaction.NoActiveTransactionException if there is no unit of work
     */
    public long execute() {
        requireAllValues();
        return run.execute(this);
    }

    /**
     * Runs the query and reads its rows as they are needed. Close the stream, best in try-with-resources; it closes itself once
     * it has been read to its end, or has failed. Within a transaction, rows come from the server in portions; outside of one,
     * in optimistic mode, all at once.
     *
     * @param type the type of a row
     * @param <T> the type of a row
     * @return to be read within the unit of work, on its thread
     * @throws QueryResultException if rows are not of that type; from the stream itself, too
     */
    public <T> Stream<T> stream(Class<T> type) {
        requireAllValues();
        Stream<T> entities = run.entityStream(this, type);
        return entities != null ? entities : run.stream(this, required(type));
    }

    /**
     * Runs the query and reads its rows as they are needed. Close the stream, as for {@link #stream(Class)}.
     *
     * @param mapper makes an object of each row
     * @param <T> the object
     * @return to be read within the unit of work, on its thread
     */
    public <T> Stream<T> stream(RowMapper<T> mapper) {
        requireAllValues();
        return run.stream(this, byHand(mapper));
    }

    @Override
    <T extends @Nullable Object> List<T> fetch(Mapping<T> mapping, int most) {
        requireAllValues();
        return run.fetch(this, mapping, most);
    }

    @Override
    <T> @Nullable List<T> entities(Class<T> type, int most) {
        requireAllValues();
        return run.entities(this, type, most);
    }

    FetchedRows fetchAll() {
        requireAllValues();
        return run.fetchAll(this);
    }

    @Override
    QueryName queryName() {
        return name;
    }

    BoundSql bound(BoundSql.Dialect dialect) {
        return BoundSql.of(text, values, dialect, name);
    }

    Map<String, BoundValue> values() {
        return values;
    }

    private void requireAllValues() {
        List<String> missing = new ArrayList<>(text.names());
        missing.removeAll(values.keySet());
        if (!missing.isEmpty()) {
            throw QueryParameterException.missing(name, missing);
        }
    }

    @Override
    public String toString() {
        return name.toString();
    }
}
