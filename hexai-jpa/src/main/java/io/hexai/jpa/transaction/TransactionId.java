package io.hexai.jpa.transaction;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The id by which the server knows a top-level transaction, and what tells whether it still means the same one: a server that
 * crashed, or a standby that took over, gives out again the ids of transactions of which nothing was written down.
 *
 * @param value the 64-bit id
 * @param beganAt the server's time at the transaction's begin
 * @param recoveredUpTo the last transaction that the server's last recovery replayed, or null if it never recovered
 */
record TransactionId(String value, String beganAt, @Nullable String recoveredUpTo) {

    /** The id is that of the top-level transaction whatever savepoints are open, and null for one that wrote nothing. */
    static final String COLUMNS =
            "pg_current_xact_id_if_assigned()::text, now()::text, pg_last_xact_replay_timestamp()::text";

    static final String QUERY = "SELECT " + COLUMNS;

    static @Nullable TransactionId from(ResultSet row, int first) throws SQLException {
        String value = row.getString(first);
        return value == null ? null : new TransactionId(value, row.getString(first + 1), row.getString(first + 2));
    }
}
