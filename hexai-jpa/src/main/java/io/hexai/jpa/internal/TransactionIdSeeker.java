package io.hexai.jpa.internal;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A connection that wants to know by which id the server knows its transaction, and takes it from whoever sends a write of
 * several statements anyway. Confined to its thread.
 */
public interface TransactionIdSeeker {

    /**
     * Prepares a statement of the library's own, which ends no transaction and asks for the id itself. Whatever else is
     * prepared on the connection is searched for the one, and accompanied for the other.
     *
     * @param sql one or several statements
     * @return the statement as the driver, or the pool, made it; under a timeout, one that says so when the time is over
     * @throws SQLException if it cannot be prepared
     */
    PreparedStatement prepareOwn(String sql) throws SQLException;

    /**
     * Returns the expression that tells the id, to be selected along with a write.
     *
     * @return an expression for SELECT or RETURNING, without parameters, or null if the id is known; always the same one
     */
    @Nullable
    String transactionIdExpression();

    /**
     * Takes the answer to a query that selects nothing else.
     *
     * @param answer before its first row; closed by the caller
     * @throws SQLException if it cannot be read
     */
    default void transactionIdFrom(ResultSet answer) throws SQLException {
        answer.next();
        transactionIdFrom(answer, 1);
    }

    /**
     * Takes what the expression told.
     *
     * @param row at a row that holds it
     * @param column the number of its column
     * @throws SQLException if it cannot be read
     */
    void transactionIdFrom(ResultSet row, int column) throws SQLException;
}
