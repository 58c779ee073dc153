package io.hexai.jpa.transaction;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The id by which the server knows a top-level transaction, and what tells whether it still means the same one: a server that
 * crashed, or a standby that took over, gives out again the ids of transactions of which nothing was written down. It is kept as the
 * server has told it, in one text: nearly always nobody asks what it says.
 */
record TransactionId(String told) {

    /** The id is that of the top-level transaction whatever savepoints are open, and null for one that wrote nothing. */
    static final String EXPRESSION = "pg_current_xact_id_if_assigned()::text || '|' || now()::text || '|'"
            + " || coalesce(pg_last_xact_replay_timestamp()::text, '')";

    static final String QUERY = "SELECT " + EXPRESSION;

    static @Nullable TransactionId from(ResultSet row, int column) throws SQLException {
        String told = row.getString(column);
        return told == null ? null : new TransactionId(told);
    }

    /** The 64-bit id. */
    String value() {
        return part(0);
    }

    /** The server's time at the transaction's begin. */
    String beganAt() {
        return part(1);
    }

    /** The last transaction that the server's last recovery replayed, or null if it never recovered. */
    @Nullable
    String recoveredUpTo() {
        String time = part(2);
        return time.isEmpty() ? null : time;
    }

    private String part(int number) {
        return told.split("\\|", -1)[number];
    }
}
