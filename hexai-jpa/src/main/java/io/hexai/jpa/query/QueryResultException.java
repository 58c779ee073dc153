package io.hexai.jpa.query;

import io.hexai.jpa.HexaiJpaException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Thrown if the rows of a query cannot be made into what was asked for: a column is missing, left over or of another type, or
 * null where null cannot be. The message holds no values. The query has run, and the transaction may go on.
 */
public final class QueryResultException extends HexaiJpaException {

    private static final long serialVersionUID = 1L;

    private final @Nullable String queryName;
    private final @Nullable String column;

    QueryResultException(QueryName query, @Nullable String column, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.queryName = query.name();
        this.column = column;
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
     * Returns which column it was.
     *
     * @return its name; empty if it is about the row as a whole
     */
    public Optional<String> column() {
        return Optional.ofNullable(column);
    }
}
