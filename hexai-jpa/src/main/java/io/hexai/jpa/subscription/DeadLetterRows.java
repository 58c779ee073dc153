package io.hexai.jpa.subscription;

import io.hexai.jpa.event.StoredEvent;
import io.hexai.jpa.event.StreamId;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads and writes the dead letters of a subscription. */
final class DeadLetterRows {

    private static final String COLUMNS = "position, message_type, stream_id, attempts, failure, parked_at";

    private final String table;
    private final String subscription;

    DeadLetterRows(SubscriptionTables tables, String subscription) {
        this.table = tables.deadLetters();
        this.subscription = subscription;
    }

    private static DeadLetter read(ResultSet row) throws SQLException {
        return new DeadLetter(
                row.getLong(1),
                row.getString(2),
                row.getString(3),
                row.getInt(4),
                row.getString(5),
                row.getObject(6, OffsetDateTime.class).toInstant());
    }

    void park(Connection connection, long generation, StoredEvent event, int attempts, @Nullable String failure)
            throws SQLException {
        Jdbc.update(
                connection,
                "INSERT INTO " + table + " (subscription, generation, " + COLUMNS
                        + ") VALUES (?, ?, ?, ?, ?, ?, ?, clock_timestamp())",
                subscription,
                generation,
                event.position(),
                event.type(),
                event.streamId() == null ? null : event.streamId().toString(),
                attempts,
                failure);
    }

    List<DeadLetter> list(Connection connection, long generation, long after, int limit) throws SQLException {
        return Jdbc.list(
                connection,
                "SELECT " + COLUMNS + " FROM " + table
                        + " WHERE subscription = ? AND generation = ? AND position > ? ORDER BY position LIMIT ?",
                DeadLetterRows::read,
                subscription,
                generation,
                after,
                limit);
    }

    /** Returns the letter, which no other transaction can take meanwhile; null if it is gone. */
    @Nullable
    DeadLetter lock(Connection connection, long generation, long position) throws SQLException {
        return Jdbc.first(
                connection,
                "SELECT " + COLUMNS + " FROM " + table
                        + " WHERE subscription = ? AND generation = ? AND position = ? FOR UPDATE",
                DeadLetterRows::read,
                subscription,
                generation,
                position);
    }

    long count(Connection connection, long generation) throws SQLException {
        return Objects.requireNonNull(Jdbc.first(
                connection,
                "SELECT count(*) FROM " + table + " WHERE subscription = ? AND generation = ?",
                row -> row.getLong(1),
                subscription,
                generation));
    }

    /** Which of the events' streams have dead letters. */
    Set<String> parkedStreams(Connection connection, long generation, List<StoredEvent> events) throws SQLException {
        String[] streams = events.stream()
                .map(StoredEvent::streamId)
                .filter(Objects::nonNull)
                .map(StreamId::toString)
                .distinct()
                .toArray(String[]::new);
        if (streams.length == 0) {
            return Set.of();
        }
        return new HashSet<>(Jdbc.list(
                connection,
                "SELECT DISTINCT stream_id FROM " + table
                        + " WHERE subscription = ? AND generation = ? AND stream_id = ANY (?)",
                row -> row.getString(1),
                subscription,
                generation,
                connection.createArrayOf("text", streams)));
    }

    boolean remove(Connection connection, long generation, long position) throws SQLException {
        return Jdbc.update(
                        connection,
                        "DELETE FROM " + table + " WHERE subscription = ? AND generation = ? AND position = ?",
                        subscription,
                        generation,
                        position)
                > 0;
    }

    void failed(Connection connection, long generation, long position, String failure) throws SQLException {
        Jdbc.update(
                connection,
                "UPDATE " + table + " SET attempts = attempts + 1, failure = ?"
                        + " WHERE subscription = ? AND generation = ? AND position = ?",
                failure,
                subscription,
                generation,
                position);
    }

    void remove(Connection connection, long generation) throws SQLException {
        Jdbc.update(
                connection,
                "DELETE FROM " + table + " WHERE subscription = ? AND generation = ?",
                subscription,
                generation);
    }

    void removeAllBut(Connection connection, long generation) throws SQLException {
        Jdbc.update(
                connection,
                "DELETE FROM " + table + " WHERE subscription = ? AND generation <> ?",
                subscription,
                generation);
    }
}
