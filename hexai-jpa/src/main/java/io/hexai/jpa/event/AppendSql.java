package io.hexai.jpa.event;

/**
 * The one statement that appends a chunk of events: it takes the positions and inserts the rows in the order of the list.
 * It begins with WITH and writes, and is never a bare query.
 *
 * <p>Its parameters: the stream and what is expected of it, if any; what the positions need; then the arrays.
 */
final class AppendSql {

    private AppendSql() {}

    static String toNoStream(EventTable table, PositionStrategy strategy) {
        return "WITH positions AS " + positions(table, strategy, "", "") + " INSERT INTO " + table.name() + " ("
                + table.position() + ", " + table.messageType() + ", " + table.headers() + ", " + table.payload()
                + ") SELECT " + position(table, strategy) + ", e.type, e.headers::jsonb, e.payload::jsonb"
                + " FROM positions, unnest(?::text[], ?::text[], ?::text[]) WITH ORDINALITY AS e (type, headers, payload, number)"
                + " ORDER BY e.number RETURNING " + table.position();
    }

    /** Nothing is drawn and nothing locked unless the stream is as expected. */
    static String toStream(EventTable table, PositionStrategy strategy) {
        return "WITH stream AS MATERIALIZED (" + version(table) + "), positions AS "
                + positions(table, strategy, "stream", "(?::bigint IS NULL OR stream.version = ?)")
                + " INSERT INTO " + table.name() + " (" + table.position() + ", " + table.messageType() + ", "
                + table.headers() + ", " + table.payload() + ", " + table.streamId() + ", " + table.streamVersion()
                + ") SELECT " + position(table, strategy)
                + ", e.type, e.headers::jsonb, e.payload::jsonb, ?, stream.version + e.number"
                + " FROM stream, positions, unnest(?::text[], ?::text[], ?::text[]) WITH ORDINALITY AS e (type, headers, payload, number)"
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
