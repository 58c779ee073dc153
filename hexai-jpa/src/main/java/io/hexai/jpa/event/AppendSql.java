package io.hexai.jpa.event;

/**
 * The one statement that appends a chunk of events: it takes the positions and inserts the rows in the order of the list.
 * It begins with WITH and writes, and is never a bare query.
 *
 * <p>Its parameters: the stream and what is expected of it, if any; what the positions need; then the events.
 */
final class AppendSql {

    /** One event is the common case, and takes the server less without arrays. */
    private static final String ONE = "(SELECT ?::text AS type, ?::text AS headers, ?::text AS payload, 1 AS number) e";

    private static final String MANY =
            "unnest(?::text[], ?::text[], ?::text[]) WITH ORDINALITY AS e (type, headers, payload, number)";

    private AppendSql() {}

    /**
     * One event to no stream, with no more to plan and to run than a bare insert has. The condition takes the lock, and holds
     * before the position is drawn; it does not hold for a sequence from which nothing was drawn, whose last value is null.
     * The parameters are the event's, then what the position needs.
     */
    static String oneBySequence(EventTable table) {
        return "INSERT INTO " + table.name() + " (" + table.position() + ", " + table.messageType() + ", "
                + table.headers() + ", " + table.payload() + ") SELECT " + position(table, PositionStrategy.SEQUENCE)
                + ", ?, ?::jsonb, ?::jsonb WHERE pg_advisory_xact_lock_shared("
                + PositionLocks.key(
                        table, "coalesce(?::bigint, pg_sequence_last_value(" + table.sequenceLiteral() + "))")
                + ") IS NOT NULL RETURNING " + table.position();
    }

    static String toNoStream(EventTable table, PositionStrategy strategy, boolean many) {
        return "WITH positions AS " + positions(table, strategy, "", "") + " INSERT INTO " + table.name() + " ("
                + table.position() + ", " + table.messageType() + ", " + table.headers() + ", " + table.payload()
                + ") SELECT " + position(table, strategy) + ", e.type, e.headers::jsonb, e.payload::jsonb"
                + " FROM positions, " + (many ? MANY : ONE)
                + " ORDER BY e.number RETURNING " + table.position();
    }

    /** Nothing is drawn and nothing locked unless the stream is as expected. */
    static String toStream(EventTable table, PositionStrategy strategy, boolean many) {
        return "WITH stream AS MATERIALIZED (" + version(table) + "), positions AS "
                + positions(table, strategy, "stream", "(?::bigint IS NULL OR stream.version = ?)")
                + " INSERT INTO " + table.name() + " (" + table.position() + ", " + table.messageType() + ", "
                + table.headers() + ", " + table.payload() + ", " + table.streamId() + ", " + table.streamVersion()
                + ") SELECT " + position(table, strategy)
                + ", e.type, e.headers::jsonb, e.payload::jsonb, ?, stream.version + e.number"
                + " FROM stream, positions, " + (many ? MANY : ONE)
                + " ORDER BY e.number RETURNING " + table.position() + ", " + table.streamVersion();
    }

    static String version(EventTable table) {
        return "SELECT coalesce(max(" + table.streamVersion() + "), 0) AS version FROM " + table.name() + " WHERE "
                + table.streamId() + " = ?";
    }

    private static String positions(EventTable table, PositionStrategy strategy, String from, String condition) {
        return switch (strategy) {
            case SEQUENCE ->
                "MATERIALIZED (SELECT pg_advisory_xact_lock_shared("
                        + PositionLocks.key(table, "coalesce(?::bigint, s.last)") + ")::text FROM "
                        + (from.isEmpty() ? "" : from + ", ") + "(" + PositionLocks.lastDrawn(table) + ") s"
                        + (condition.isEmpty() ? "" : " WHERE " + condition) + ")";
            case COUNTER ->
                "(UPDATE " + table.counter() + " SET last_position = last_position + ?"
                        + (from.isEmpty() ? "" : " FROM " + from) + " WHERE id = 1"
                        + (condition.isEmpty() ? "" : " AND " + condition)
                        + " RETURNING last_position - ? AS before)";
        };
    }

    private static String position(EventTable table, PositionStrategy strategy) {
        return switch (strategy) {
            case SEQUENCE -> "nextval(" + table.sequenceLiteral() + ")";
            case COUNTER -> "positions.before + e.number";
        };
    }
}
