package io.hexai.jpa.transaction;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Asks the server, on a new connection, how a transaction ended whose COMMIT was not answered. */
final class CommitResolution {

    private static final Duration BETWEEN = Duration.ofMillis(100);

    /** Since the transaction began, the server crashed, which resets its statistics, or another one took its place. */
    private static final String SERVER = """
            SELECT pg_is_in_recovery(),
                   pg_last_xact_replay_timestamp() IS DISTINCT FROM ?::timestamptz
                   OR (SELECT stats_reset >= ?::timestamptz FROM pg_stat_bgwriter)""";

    private static final String STATUS = "SELECT pg_xact_status(?::xid8)";

    /** The server has not given out such an id yet. */
    private static final String NO_SUCH_ID = "22023";

    private final ConnectionSource connections;
    private final UnitOfWorkSettings settings;
    private final Instant end;

    CommitResolution(ConnectionSource connections, UnitOfWorkSettings settings, @Nullable Deadline deadline) {
        this.connections = connections;
        this.settings = settings;
        this.end = deadline == null ? settings.clock().instant().plus(settings.commitPatience()) : deadline.end();
    }

    private enum Answer {
        COMMITTED(""),
        ABORTED(""),
        IN_PROGRESS("the server still calls it in progress"),
        STANDBY("the server that answers is a standby"),
        TOO_OLD("it is too old for the server to know"),
        ANOTHER_LIFE(
                "the server has crashed since, or a standby took its place, so that its ids may mean other transactions"),
        NONE("no server answered");

        private final String why;

        Answer(String why) {
            this.why = why;
        }

        private boolean mayChange() {
            return this == IN_PROGRESS || this == STANDBY || this == NONE;
        }
    }

    /**
     * Returns if the transaction was committed.
     *
     * @throws CommitAbortedException if it was rolled back
     * @throws CommitOutcomeUnknownException if that could not be found out in time
     */
    void requireCommitted(@Nullable TransactionId transaction, RuntimeException lost) {
        if (transaction == null) {
            throw new CommitOutcomeUnknownException(
                    "the transaction's id is not known; UnitOfWorkBuilder.resolveUnknownCommit() asks for it", lost);
        }
        Answer answer = ask(transaction, lost);
        while (answer.mayChange() && waitForNext()) {
            answer = ask(transaction, lost);
        }
        switch (answer) {
            case COMMITTED -> {}
            case ABORTED -> throw new CommitAbortedException(lost);
            default ->
                throw new CommitOutcomeUnknownException(
                        "of transaction " + transaction.value() + ", " + answer.why, lost);
        }
    }

    private boolean waitForNext() {
        if (settings.clock().instant().plus(BETWEEN).isAfter(end)) {
            return false;
        }
        try {
            settings.sleeper().sleep(BETWEEN);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Answer ask(TransactionId transaction, RuntimeException lost) {
        try {
            Connection connection = connections.acquire();
            try {
                return answer(transaction, connection);
            } finally {
                end(connection);
            }
        } catch (SQLException e) {
            Failures.suppress(lost, e);
            return Answer.NONE;
        }
    }

    /** Of an id that was given out anew, "committed" may be said of another transaction; "aborted" is true all the same. */
    private static Answer answer(TransactionId transaction, Connection connection) throws SQLException {
        boolean anotherLife;
        try (PreparedStatement statement = connection.prepareStatement(SERVER)) {
            statement.setString(1, transaction.recoveredUpTo());
            statement.setString(2, transaction.beganAt());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                if (row.getBoolean(1)) {
                    return Answer.STANDBY;
                }
                anotherLife = row.getBoolean(2);
            }
        }
        Answer answer = status(transaction, connection);
        return anotherLife && answer == Answer.COMMITTED ? Answer.ANOTHER_LIFE : answer;
    }

    private static Answer status(TransactionId transaction, Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(STATUS)) {
            statement.setString(1, transaction.value());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                String status = row.getString(1);
                return status == null ? Answer.TOO_OLD : of(status);
            }
        } catch (SQLException e) {
            if (NO_SUCH_ID.equals(e.getSQLState())) {
                return Answer.ABORTED;
            }
            throw e;
        }
    }

    private static Answer of(String status) {
        return switch (status) {
            case "committed" -> Answer.COMMITTED;
            case "aborted" -> Answer.ABORTED;
            default -> Answer.IN_PROGRESS;
        };
    }

    private void end(Connection connection) throws SQLException {
        try {
            if (!connection.getAutoCommit()) {
                connection.rollback();
            }
        } finally {
            connections.release(connection);
        }
    }
}
