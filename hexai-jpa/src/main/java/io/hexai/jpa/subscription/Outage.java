package io.hexai.jpa.subscription;

import io.hexai.jpa.transaction.CommitOutcomeUnknownException;
import io.hexai.jpa.transaction.TransientFailures;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/** Tells failures that say nothing of the event that was being handled, and pass. */
final class Outage {

    private Outage() {}

    /** A commit whose outcome is unknown is one of them: the next attempt begins by reading the checkpoint. */
    static boolean is(Throwable failure) {
        if (TransientFailures.isTransient(failure) || TransientFailures.isConnectionLost(failure)) {
            return true;
        }
        @Nullable Throwable cause = failure;
        for (int depth = 0; cause != null && depth < 50; depth++) {
            if (cause instanceof CommitOutcomeUnknownException
                    || cause instanceof SQLTransientConnectionException
                    || cause instanceof SQLException sql && isOfTheServer(sql.getSQLState())) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    /** Out of memory, disk or connections; a primary that has become a replica; a session ended because it was silent. */
    private static boolean isOfTheServer(@Nullable String state) {
        return state != null && (state.startsWith("53") || state.equals("25006") || state.equals("25P03"));
    }
}
