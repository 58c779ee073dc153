package io.hexai.jpa.query;

import io.hexai.jpa.transaction.UnitOfWork;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;

/**
 * SQL with named parameters, in the current unit of work: {@code queries.sql("SELECT … WHERE status = :status")
 * .param("status", status).list(OrderRow.class)}.
 *
 * <p>A parameter is a colon and a name. Strings, quoted names, comments, {@code ::} casts, slices of arrays and PostgreSQL's
 * operators with question marks are left as they are. Values are sent beside the text and never become part of it.
 *
 * <p>Each query is logged on DEBUG to the logger of this class's name with its name, its text, the number of rows and the time
 * it took; values are not, unless {@link #withLoggedValues()} asks for it. Immutable; thread-safe.
 */
public final class Queries {

    private final UnitOfWork unitOfWork;
    private final JsonMapper json;
    private final boolean logValues;
    private final QueryRun run;

    private Queries(UnitOfWork unitOfWork, JsonMapper json, boolean logValues) {
        this.unitOfWork = Objects.requireNonNull(unitOfWork, "unitOfWork");
        this.json = Objects.requireNonNull(json, "json");
        this.logValues = logValues;
        this.run = new QueryRun(unitOfWork, new ValueConversion(json), logValues);
    }

    /**
     * Creates the entry to queries.
     *
     * @param unitOfWork in whose current transaction they run
     * @return the entry, to be kept and shared
     */
    public static Queries of(UnitOfWork unitOfWork) {
        return new Queries(unitOfWork, JsonMapper.builder().build(), false);
    }

    /**
     * Reads JSON columns with a mapper of one's own.
     *
     * @param mapper by default Jackson's with its defaults
     * @return the changed copy
     */
    public Queries withJson(JsonMapper mapper) {
        return new Queries(unitOfWork, mapper, logValues);
    }

    /**
     * Writes the values of parameters to the log, too. They may be personal data, or secrets.
     *
     * @return the changed copy
     */
    public Queries withLoggedValues() {
        return new Queries(unitOfWork, json, true);
    }

    /**
     * Makes a query of a text. Nothing is sent yet.
     *
     * @param sql one statement
     * @return the query
     * @throws IllegalArgumentException if the text is blank
     */
    public SqlQuery sql(String sql) {
        if (sql.isBlank()) {
            throw new IllegalArgumentException("The text of the query is blank.");
        }
        return new SqlQuery(run, SqlText.parse(sql), new QueryName(null, sql), Map.of());
    }

    /**
     * Runs several queries, one after another, and returns their rows. If one fails, its exception says which.
     *
     * @param queries each with a name of its own
     * @return the results by name
     * @throws IllegalArgumentException if a query has no name, or two have the same; none has run then
     */
    public QueryAnswers all(SqlQuery... queries) {
        Set<String> names = new LinkedHashSet<>();
        for (SqlQuery query : queries) {
            String name = query.queryName().name();
            if (name == null) {
                throw new IllegalArgumentException(
                        "Answers are found by name, and " + query + " has none. Give it one with named(…).");
            }
            if (!names.add(name)) {
                throw new IllegalArgumentException(
                        "Answers are found by name, and two queries are named '" + name + "'. Name them differently.");
            }
        }
        Map<String, FetchedRows> answers = new LinkedHashMap<>();
        for (SqlQuery query : queries) {
            answers.put(Objects.requireNonNull(query.queryName().name()), query.fetchAll());
        }
        return new QueryAnswers(Collections.unmodifiableMap(answers));
    }
}
