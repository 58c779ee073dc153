package io.hexai.jpa.transaction;

import io.hexai.jpa.internal.TransactionIdSeeker;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.TransactionState;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * What the server has to be told before the next statement of a transaction: its options, and which nested scopes began or ended.
 * It travels in the text of that statement where it can, and else in a round trip of its own. Confined to its thread.
 */
final class Prelude {

    private final Savepoints savepoints = new Savepoints();
    private List<String> options = List.of();

    Savepoints savepoints() {
        return savepoints;
    }

    /** The transaction is to begin with these statements. */
    void begin(List<String> statements) {
        options = statements;
    }

    /** The transaction is over. */
    void end() {
        options = List.of();
        savepoints.forget();
    }

    boolean isEmpty() {
        return options.isEmpty() && !savepoints.areBehind();
    }

    /**
     * What is to be sent, in this order.
     *
     * @param seeksId whether to ask, after savepoints, for the transaction's id
     */
    List<String> statements(boolean seeksId) {
        if (!savepoints.areBehind()) {
            return options;
        }
        List<String> statements = new ArrayList<>(options);
        savepoints.addMissingTo(statements);
        if (seeksId) {
            statements.add(TransactionId.QUERY);
        }
        return statements;
    }

    /** It was sent, and the server has done as it was told. */
    void done() {
        options = List.of();
        if (savepoints.areBehind()) {
            savepoints.caughtUp();
        }
    }

    /** It was sent along with a statement, and something failed. An open transaction does not tell how much the server was sent. */
    void failed(Connection connection) throws SQLException {
        TransactionState state = ConnectionSource.state(connection);
        if (state == TransactionState.FAILED) {
            done();
        } else if (state == TransactionState.OPEN) {
            options = List.of();
            if (savepoints.areBehind()) {
                savepoints.settle(connection);
            }
        }
    }

    /** The server did not accept the value of a setting: no other statement fails there. */
    boolean isRefusalOfOptions(SQLException failure) {
        ServerErrorMessage message =
                !options.isEmpty() && failure instanceof PSQLException driver ? driver.getServerErrorMessage() : null;
        String routine = message == null ? null : message.getRoutine();
        return routine != null && routine.startsWith("call_") && routine.endsWith("_check_hook");
    }

    /**
     * Sends it by itself.
     *
     * @param seeker asks, along with savepoints, for the transaction's id if it has columns for it; null if nobody asks
     */
    void sendTo(Connection connection, @Nullable TransactionIdSeeker seeker) throws SQLException {
        List<String> statements = statements(seeker != null && seeker.transactionIdExpression() != null);
        if (!statements.isEmpty()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(String.join("; ", statements));
                if (seeker != null) {
                    goPast(statements, statement, seeker);
                }
            }
            done();
        }
    }

    /** Goes past the results of these statements, and takes the id from its query's. Returns whether a result set follows. */
    static boolean goPast(List<String> statements, Statement executed, TransactionIdSeeker seeker) throws SQLException {
        boolean isResultSet = false;
        for (String statement : statements) {
            if (statement.equals(TransactionId.QUERY)) {
                try (ResultSet answer = executed.getResultSet()) {
                    seeker.transactionIdFrom(answer);
                }
            }
            isResultSet = executed.getMoreResults();
        }
        return isResultSet;
    }
}
