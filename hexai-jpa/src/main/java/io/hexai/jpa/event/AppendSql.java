package io.hexai.jpa.event;

/** The one statement that appends a chunk of events: it takes the positions and inserts the rows in the order of the list. */
final class AppendSql {

    /** One event is the common case, and takes the server less without arrays. */
    private static final String ONE = "(SELECT ?::text AS type, ?::text AS headers, ?::text AS payload, 1 AS number) e";

    private static final String MANY =
            "unnest(?::text[], ?::text[], ?::text[]) WITH ORDINALITY AS e (type, headers, payload, number)";

    private static final String NO_STREAM = ", now(), NULL::text, NULL::bigint";

    private static final String AS_EXPECTED = "(?::bigint IS NULL OR stream.version = ?)";

    private AppendSql() {}

    /** Its parameters: for a counter the number of events, twice; the events; for a sequence the lowest position. */
    static String toNoStream(EventTable table, PositionStrategy strategy, boolean many) {
        return switch (strategy) {
            case SEQUENCE -> many ? bySequence(table) : oneBySequence(table);
            case COUNTER -> byCounter(table, many);
        };
    }

    /** The condition takes the lock, and holds before a position is drawn. The server has no more to plan than without it. */
    private static String bySequence(EventTable table) {
        return insert(table) + " SELECT " + position(table, PositionStrategy.SEQUENCE)
                + ", e.type, e.headers::jsonb, e.payload::jsonb" + NO_STREAM + " FROM " + MANY + " WHERE (SELECT "
                + lock(table, "coalesce(?::bigint, (" + PositionLocks.lastDrawn(table) + "))")
                + ") IS NOT NULL ORDER BY e.number RETURNING " + table.position();
    }

    /** Inserts nothing as long as nothing was drawn from the sequence: its last value is null then, and the lock not taken. */
    private static String oneBySequence(EventTable table) {
        return insert(table) + " SELECT " + position(table, PositionStrategy.SEQUENCE)
                + ", ?::text, ?::jsonb, ?::jsonb" + NO_STREAM + " WHERE "
                + lock(table, "coalesce(?::bigint, pg_sequence_last_value(" + table.sequenceLiteral() + "))")
                + " IS NOT NULL RETURNING " + table.position();
    }

    private static String byCounter(EventTable table, boolean many) {
        return "WITH positions AS " + counted(table, "", "") + " " + insert(table) + " SELECT "
                + position(table, PositionStrategy.COUNTER) + ", e.type, e.headers::jsonb, e.payload::jsonb"
                + NO_STREAM + " FROM positions, " + (many ? MANY : ONE) + " ORDER BY e.number RETURNING "
                + table.position();
    }

    /**
     * Nothing is drawn and nothing locked unless the stream is as expected. Its parameters: the stream; for a sequence the
     * lowest position, for a counter the number of events; the expected version, twice, or null; for a counter the number
     * again; the stream again; the events.
     */
    static String toStream(EventTable table, PositionStrategy strategy, boolean many) {
        return "WITH stream AS MATERIALIZED (" + version(table) + "), positions AS "
                + switch (strategy) {
                    case SEQUENCE ->
                        "MATERIALIZED (SELECT " + lock(table, "coalesce(?::bigint, s.last)") + "::text FROM stream, ("
                                + PositionLocks.lastDrawn(table) + ") s WHERE " + AS_EXPECTED + ")";
                    case COUNTER -> counted(table, " FROM stream", " AND " + AS_EXPECTED);
                }
                + " " + insert(table) + " SELECT "
                + position(table, strategy)
                + ", e.type, e.headers::jsonb, e.payload::jsonb, now(), ?, stream.version + e.number"
                + " FROM stream, positions, " + (many ? MANY : ONE)
                + " ORDER BY e.number RETURNING " + table.position() + ", " + table.streamVersion();
    }

    static String version(EventTable table) {
        return "SELECT coalesce(max(" + table.streamVersion() + "), 0) AS version FROM " + table.name() + " WHERE "
                + table.streamId() + " = ?";
    }

    /** All columns, in the table's order: the plan needs no step that adds defaults. */
    private static String insert(EventTable table) {
        return "INSERT INTO " + table.name() + " (" + table.position() + ", " + table.messageType() + ", "
                + table.headers() + ", " + table.payload() + ", " + table.createdAt() + ", " + table.streamId() + ", "
                + table.streamVersion() + ")";
    }

    private static String lock(EventTable table, String lowest) {
        return "pg_advisory_xact_lock_shared(" + PositionLocks.key(table, lowest) + ")";
    }

    private static String counted(EventTable table, String from, String condition) {
        return "(UPDATE " + table.counter() + " SET last_position = last_position + ?" + from + " WHERE id = 1"
                + condition + " RETURNING last_position - ? AS before)";
    }

    private static String position(EventTable table, PositionStrategy strategy) {
        return switch (strategy) {
            case SEQUENCE -> "nextval(" + table.sequenceLiteral() + ")";
            case COUNTER -> "positions.before + e.number";
        };
    }
}
