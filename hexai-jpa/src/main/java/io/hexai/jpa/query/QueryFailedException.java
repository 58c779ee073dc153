package io.hexai.jpa.query;

import io.hexai.jpa.HexaiJpaException;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Thrown if the server refused a query, or the connection was lost. The message says which query it was and holds no values;
 * the server's own message, in the cause, may. The transaction can only roll back from here on; a retry policy treats the
 * failure by its SQLSTATE.
 */
public final class QueryFailedException extends HexaiJpaException {

    private static final long serialVersionUID = 1L;

    private final @Nullable String queryName;
    private final @Nullable String sqlState;

    QueryFailedException(QueryName query, Throwable cause) {
        this(query, sqlStateOf(cause), cause);
    }

    private QueryFailedException(QueryName query, @Nullable String sqlState, Throwable cause) {
        super(
                "Running " + query + " failed"
                        + (sqlState == null ? "" : " with SQLSTATE " + sqlState)
                        + ". The cause has its message.",
                cause);
        this.queryName = query.name();
        this.sqlState = sqlState;
    }

    private static @Nullable String sqlStateOf(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                return sql.getSQLState();
            }
        }
        return null;
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
     * Returns what the server says has gone wrong.
     *
     * @return the SQLSTATE, if there is one
     */
    public Optional<String> sqlState() {
        return Optional.ofNullable(sqlState);
    }
}
