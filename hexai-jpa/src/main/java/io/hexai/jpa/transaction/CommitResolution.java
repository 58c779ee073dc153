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

    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Duration BETWEEN = Duration.ofMillis(100);

    private final ConnectionSource connections;
    private final UnitOfWorkSettings settings;
    private final Instant end;

    CommitResolution(ConnectionSource connections, UnitOfWorkSettings settings, @Nullable Deadline deadline) {
        this.connections = connections;
        this.settings = settings;
        this.end = deadline == null ? settings.clock().instant().plus(PATIENCE) : deadline.end();
    }

    /**
     * Returns if the transaction was committed.
     *
     * @throws CommitAbortedException if it was rolled back
     * @throws CommitOutcomeUnknownException if that could not be found out in time
     */
    void requireCommitted(@Nullable String transactionId, RuntimeException lost) {
        if (transactionId == null) {
            throw new CommitOutcomeUnknownException(
                    "the transaction's id was not asked for; UnitOfWorkBuilder.resolveUnknownCommit() does that", lost);
        }
        String answer = "in progress";
        do {
            try {
                answer = statusOf(transactionId);
            } catch (SQLException e) {
                Failures.suppress(lost, e);
            }
            if (answer.equals("committed")) {
                return;
            }
            if (answer.equals("aborted")) {
                throw new CommitAbortedException(lost);
            }
        } while (waitForNext());
        throw new CommitOutcomeUnknownException("the server calls transaction " + transactionId + " " + answer, lost);
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

    private String statusOf(String transactionId) throws SQLException {
        Connection connection = connections.acquire();
        try (PreparedStatement statement = connection.prepareStatement("SELECT pg_xact_status(?::xid8)")) {
            statement.setString(1, transactionId);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                String status = row.getString(1);
                return status == null ? "too old to know" : status;
            }
        } finally {
            end(connection);
        }
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
