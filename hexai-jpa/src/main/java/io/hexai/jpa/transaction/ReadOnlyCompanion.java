package io.hexai.jpa.transaction;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.regex.Pattern;

/**
 * Makes the server refuse a write that hides in a read outside the transaction, as of a function: with auto-commit on, both
 * statements are one transaction of the server's, which the first one makes read-only and which ends with the second.
 */
final class ReadOnlyCompanion implements AccompaniedStatement.Companion {

    private static final String READ_ONLY = "SELECT set_config('transaction_read_only', 'on', true);\n";

    private static final String READ_ONLY_TRANSACTION = "25006";

    /** Drawing the number of a row to come is no write that anybody could miss, and a read-only transaction refuses it. */
    private static final Pattern DRAWS_A_NUMBER =
            Pattern.compile("\\s*select\\s+nextval\\s*\\(\\s*'[^']*'\\s*\\)\\s*", Pattern.CASE_INSENSITIVE);

    private final boolean drawsANumber;
    private final Place place;

    ReadOnlyCompanion(String sql, Place place) {
        this.drawsANumber = DRAWS_A_NUMBER.matcher(sql).matches();
        this.place = place;
    }

    /** Where a statement is about to be executed: a transaction would stay read-only after it. */
    interface Place {
        boolean isOutsideTransaction() throws SQLException;
    }

    @Override
    public boolean goesWith(AccompaniedStatement.Execution execution) throws SQLException {
        return switch (execution) {
            case ANY, QUERY -> !drawsANumber && place.isOutsideTransaction();
            case UPDATE, LARGE_UPDATE -> false;
        };
    }

    @Override
    public String joinedTo(String sql) {
        return READ_ONLY + sql;
    }

    @Override
    public Object execute(PreparedStatement both, AccompaniedStatement.Execution execution) throws SQLException {
        try {
            both.execute();
            both.getMoreResults();
            return execution == AccompaniedStatement.Execution.ANY ? (Object) true : both.getResultSet();
        } catch (SQLException e) {
            throw READ_ONLY_TRANSACTION.equals(e.getSQLState()) ? refused(e) : e;
        }
    }

    private static SQLException refused(SQLException failure) {
        return new SQLException(
                "A query of an optimistic scope, which reads outside any transaction, tried to write: "
                        + failure.getMessage()
                        + ". Call EntityManager.flush() first, which begins the transaction, or run it in a scope of mode"
                        + " SPANNING.",
                failure.getSQLState(),
                failure);
    }
}
