package io.hexai.jpa.transaction;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Who may use the connection of a scope, until when, and what stays with the scope. Confined to its thread. */
final class UsageRules {

    /** What PostgreSQL 17 and later say when they end a session whose transaction_timeout is over. */
    private static final String TRANSACTION_TIMEOUT = "25P04";

    /** What every server says of a statement that it cut short, be it for statement_timeout or because somebody asked for it. */
    private static final String QUERY_CANCELED = "57014";

    private final TransactionInfo transaction;
    private final @Nullable Deadline deadline;
    private final Thread owner = Thread.currentThread();
    private boolean ending;
    private boolean closed;

    UsageRules(TransactionInfo transaction, @Nullable Deadline deadline) {
        this.transaction = transaction;
        this.deadline = deadline;
    }

    void permitEnd() {
        ending = true;
    }

    void close() {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }

    void requireUsable() throws SQLException {
        if (closed) {
            throw new SQLException(
                    "The connection of a " + transaction + " was used after its scope had ended.", "08003");
        }
        if (Thread.currentThread() != owner) {
            throw new SQLException(
                    "The " + transaction + " belongs to thread '" + owner.getName() + "' and was used on thread '"
                            + Thread.currentThread().getName() + "'. Open a unit of work on that thread instead.",
                    "08003");
        }
        if (deadline != null && deadline.isOver() && !ending) {
            throw new TransactionTimeoutException(transaction, deadline.timeout(), null);
        }
    }

    /** Statements of a transaction with a deadline can fail because of it. */
    boolean hasDeadline() {
        return deadline != null;
    }

    boolean isTimedOut(SQLException failure) {
        return deadline != null
                && (TRANSACTION_TIMEOUT.equals(failure.getSQLState())
                        || (QUERY_CANCELED.equals(failure.getSQLState()) && deadline.isOver()));
    }

    void requireNotTimedOut(SQLException failure) {
        if (deadline != null && isTimedOut(failure)) {
            throw new TransactionTimeoutException(transaction, deadline.timeout(), failure);
        }
    }

    void requireEnding(String call) throws SQLException {
        if (!ending) {
            throw refused("Connection." + call);
        }
    }

    void refuseControl(String sql) throws SQLException {
        if (TransactionWatch.isControl(sql)) {
            throw refused("The statement " + sql.strip());
        }
    }

    SQLException refused(String what) {
        return new SQLException(
                what + " would act behind the back of the unit of work that owns the " + transaction
                        + ". Let the work return or throw, call Transaction.preventCommit(), or set the option on"
                        + " TransactionOptions.",
                "25000");
    }
}
