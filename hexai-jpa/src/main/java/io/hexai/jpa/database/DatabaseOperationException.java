package io.hexai.jpa.database;

import io.hexai.jpa.HexaiJpaException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The server refused an operation on databases or tables, or could not be reached for it. */
public final class DatabaseOperationException extends HexaiJpaException {

    private static final long serialVersionUID = 1L;

    private final @Nullable String sqlState;

    DatabaseOperationException(String operation, SQLException cause) {
        super(operation + " failed: " + cause.getMessage() + " (SQLSTATE " + cause.getSQLState() + ")", cause);
        this.sqlState = cause.getSQLState();
    }

    /**
     * Returns what kind of failure it was.
     *
     * @return the SQLSTATE, or null if there is none
     */
    public @Nullable String sqlState() {
        return sqlState;
    }
}
