package io.hexai.jpa.subscription;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/** What the database says of a subscription. */
record SubscriptionRow(
        int id,
        String eventTable,
        long startPosition,
        int version,
        int partitions,
        long generation,
        @Nullable String owner,
        long epoch,
        boolean leased,
        boolean paused,
        @Nullable SubscriptionFailure failure,
        boolean rebuildRequested,
        @Nullable String rebuildFailure) {

    static final String COLUMNS = "id, event_table, start_position, version, partitions, generation, owner, epoch,"
            + " coalesce(lease_until > clock_timestamp(), false), paused, failed_at, failed_position, failed_type,"
            + " failed_attempts, failure, broken, rebuild_requested_at IS NOT NULL, rebuild_failure";

    static SubscriptionRow read(ResultSet row) throws SQLException {
        return new SubscriptionRow(
                row.getInt(1),
                row.getString(2),
                row.getLong(3),
                row.getInt(4),
                row.getInt(5),
                row.getLong(6),
                row.getString(7),
                row.getLong(8),
                row.getBoolean(9),
                row.getBoolean(10),
                failure(row),
                row.getBoolean(17),
                row.getString(18));
    }

    private static @Nullable SubscriptionFailure failure(ResultSet row) throws SQLException {
        OffsetDateTime at = row.getObject(11, OffsetDateTime.class);
        if (at == null) {
            return null;
        }
        Instant instant = at.toInstant();
        return new SubscriptionFailure(
                instant,
                row.getObject(12, Long.class),
                row.getString(13),
                row.getInt(14),
                row.getString(15),
                row.getBoolean(16));
    }

    boolean mayHandle() {
        return !paused && failure == null;
    }
}
