package io.hexai.jpa.event;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A running transaction that has appended events, and until its end holds back those behind its first position. Immutable.
 *
 * @param processId of the server process, as in {@code pg_stat_activity}
 * @param applicationName the {@code application_name} of its connection; empty if it has none, or may not be seen
 * @param age how long the transaction has been running
 * @param before readers get no further than to this position
 */
public record EventAppender(int processId, String applicationName, Duration age, long before) {

    static List<EventAppender> read(Connection connection, EventTable table) throws SQLException {
        String sql = "SELECT l.pid, coalesce(min(a.application_name), ''),"
                + " coalesce(extract(epoch FROM clock_timestamp() - min(a.xact_start)) * 1000, 0)::bigint, min("
                + PositionLocks.lowest("s.last") + ") AS lowest FROM (" + PositionLocks.lastDrawn(table)
                + ") s CROSS JOIN pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid WHERE "
                + PositionLocks.isOfStore(table)
                + " AND l.pid IS DISTINCT FROM pg_backend_pid() GROUP BY l.pid ORDER BY lowest, l.pid";
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet rows = statement.executeQuery()) {
            List<EventAppender> appenders = new ArrayList<>();
            while (rows.next()) {
                appenders.add(new EventAppender(
                        rows.getInt(1), rows.getString(2), Duration.ofMillis(rows.getLong(3)), rows.getLong(4)));
            }
            return List.copyOf(appenders);
        }
    }
}
