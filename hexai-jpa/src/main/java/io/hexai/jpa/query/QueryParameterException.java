package io.hexai.jpa.query;

import io.hexai.jpa.HexaiJpaException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Thrown if the values given to a query are not those that its text asks for. Nothing was sent. */
public final class QueryParameterException extends HexaiJpaException {

    private static final long serialVersionUID = 1L;

    private final @Nullable String queryName;
    private final @Nullable String parameter;

    private QueryParameterException(QueryName query, @Nullable String parameter, String message) {
        super(message, null);
        this.queryName = query.name();
        this.parameter = parameter;
    }

    static QueryParameterException unknown(QueryName query, String parameter, List<String> declared) {
        return new QueryParameterException(
                query,
                parameter,
                "Parameter '" + parameter + "' does not occur in " + query + ", whose parameters are " + declared + "."
                        + NearestName.hint(parameter, declared));
    }

    static QueryParameterException missing(QueryName query, List<String> missing) {
        return new QueryParameterException(
                query,
                missing.get(0),
                "No value was given for " + String.join(", ", missing) + " in " + query
                        + ". Give one with param(name, value); null is a value.");
    }

    static QueryParameterException unsupported(QueryName query, String parameter, Class<?> type) {
        return new QueryParameterException(
                query,
                parameter,
                "The value for parameter '" + parameter + "' in " + query + " is, or holds, a " + type.getName()
                        + ", of which it is not known how to send it. Give a simple value, an array or a collection of"
                        + " them, or JSON as a JsonNode.");
    }

    static QueryParameterException emptyAmongOthers(QueryName query, String parameter) {
        return new QueryParameterException(
                query,
                parameter,
                "The collection for parameter '" + parameter + "' in " + query
                        + " is empty, and stands beside others in" + " IN (…). Write it alone: IN (:" + parameter
                        + ") OR … IN (…).");
    }

    static QueryParameterException tooMany(QueryName query, int number) {
        return new QueryParameterException(
                query,
                null,
                "There would be " + number + " values in " + query
                        + ", and PostgreSQL takes 65535. Write = ANY (:parameter)"
                        + " instead of IN (:parameter): it sends the whole collection as one array.");
    }

    /**
     * Returns which query it was.
     *
     * @return its name, if it has one
     */
    public Optional<String> queryName() {
        return Optional.ofNullable(queryName);
    }

    /**
     * Returns which parameter it was, the first of several.
     *
     * @return its name; empty if it is about all of them
     */
    public Optional<String> parameter() {
        return Optional.ofNullable(parameter);
    }
}
