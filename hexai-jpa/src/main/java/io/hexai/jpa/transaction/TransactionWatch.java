package io.hexai.jpa.transaction;

import java.sql.SQLException;
import java.util.regex.Pattern;
import org.postgresql.core.TransactionState;

/**
 * Guards the one thing that SQL could decide without the scope: the end of the transaction. A statement that would end it is
 * refused by its text; whatever ends it unseen, such as the second of two statements in one string, shows in the driver's
 * own notion of the transaction's state. Confined to its thread.
 */
final class TransactionWatch {

    private static final Pattern CONTROL = Pattern.compile(
            "(?:[\\s;]|--[^\\n]*+|/\\*(?:(?!\\*/).)*+\\*/)*+"
                    + "(?:commit|end|abort|begin|start\\s+transaction|prepare\\s+transaction"
                    + "|rollback(?!\\s+(?:work\\s+|transaction\\s+)?to\\b))\\b",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private boolean begun;
    private boolean ended;

    /** Tells statements that begin or end a transaction from all others, {@code ROLLBACK TO SAVEPOINT} included. */
    static boolean isControl(String sql) {
        return !FirstWord.isSelect(sql)
                && !FirstWord.isWrite(sql)
                && CONTROL.matcher(sql).lookingAt();
    }

    /** Takes note of the state between two statements. */
    void observe(TransactionState state) {
        if (state != TransactionState.IDLE) {
            begun = true;
        } else if (begun) {
            ended = true;
        }
    }

    /** Takes note of the state after a statement: without auto-commit, it cannot have left none. */
    void observeExecuted(TransactionState state) {
        begun = true;
        observe(state);
    }

    /** There is no need to look at statements any more: the state before the next one will tell. */
    boolean hasBegun() {
        return begun;
    }

    boolean isEnded() {
        return ended;
    }

    void requireNotEnded(TransactionInfo transaction) throws SQLException {
        if (ended) {
            throw new SQLException(endedMessage(transaction), "25000");
        }
    }

    static String endedMessage(TransactionInfo transaction) {
        return "The " + transaction
                + " was ended behind the back of its unit of work, by a COMMIT or ROLLBACK that was sent as"
                + " SQL or called on the driver's own connection; what was done before may be committed or lost. Let the"
                + " work return or throw, or call Transaction.preventCommit(), instead.";
    }
}
