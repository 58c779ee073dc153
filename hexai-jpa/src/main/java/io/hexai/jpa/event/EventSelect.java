package io.hexai.jpa.event;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The queries for rows of an event table that pass a filter. */
final class EventSelect {

    /**
     * A row that is visible although the transaction that inserted it is in progress is this transaction's own, also if a
     * savepoint of it did. The row's 32 bits are completed to the id nearest to the newest one.
     */
    private static final String IS_OWN =
            "pg_xact_status((n.base - ((n.base - e.xmin::text::bigint) & 4294967295))::text::xid8)"
                    + " = 'in progress'";

    private static final String NEWEST =
            "(SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint + 2147483647 AS base) n";

    private final EventTable table;
    private final EventFilter filter;

    EventSelect(EventTable table, EventFilter filter) {
        this.table = table;
        this.filter = filter;
    }

    /** Rows of an interval of positions, open below and closed above. */
    List<EventRow> rows(Connection connection, long after, long upTo, int limit) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(limited(limit))) {
            bindLimited(connection, statement, after, upTo);
            return read(statement);
        }
    }

    /** Rows that this transaction has inserted and not committed. */
    List<EventRow> uncommitted(Connection connection, long after, int limit) throws SQLException {
        String sql =
                "SELECT " + columns("e") + " FROM " + table.name() + " e, " + NEWEST + " WHERE e." + table.position()
                        + " > ? AND " + IS_OWN + conditions() + " ORDER BY e." + table.position() + " LIMIT ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, after);
            int next = bindConditions(connection, statement, 2);
            statement.setInt(next, limit);
            return read(statement);
        }
    }

    long count(Connection connection, long after, long upTo) throws SQLException {
        String sql = "SELECT count(*) FROM " + table.name() + " e WHERE e." + table.position() + " > ? AND e."
                + table.position() + " <= ?" + conditions();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, after);
            statement.setLong(2, upTo);
            bindConditions(connection, statement, 3);
            return one(statement);
        }
    }

    long countUncommitted(Connection connection, long after) throws SQLException {
        String sql = "SELECT count(*) FROM " + table.name() + " e, " + NEWEST + " WHERE e." + table.position()
                + " > ? AND " + IS_OWN + conditions();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, after);
            bindConditions(connection, statement, 2);
            return one(statement);
        }
    }

    /**
     * The server is to plan this once, and the same way for a table of any size. So the limit is written out, and what is
     * selected comes from subqueries that the planner does not look into: with values to look at, or without the limit, it
     * would find each time that a plan for just these might be cheaper, and make one.
     */
    String limited(int limit) {
        String from = " FROM " + table.name() + " e WHERE ";
        String order = " ORDER BY " + table.position() + " LIMIT " + limit;
        if (filter.isAll()) {
            return "SELECT " + columns("e") + from + "e." + table.position() + " > (SELECT ?::bigint) AND e."
                    + table.position() + " <= (SELECT ?::bigint)" + isOfPartition() + order;
        }
        boolean byType = !filter.selectedTypes().isEmpty();
        String key = byType ? "e." + table.messageType() : category();
        String names = String.join(", ", Collections.nCopies(searched().size(), "(?::text)"));
        return "SELECT e.* FROM (SELECT ?::bigint AS after, ?::bigint AS last, ?::text[] AS categories, n.name FROM (VALUES "
                + names + ") AS n (name) OFFSET 0) f CROSS JOIN LATERAL (SELECT " + columns("e") + from + "(" + key
                + ", e." + table.position() + ") > (f.name, f.after) AND (" + key + ", e." + table.position()
                + ") <= (f.name, f.last)"
                + (byType ? isOfCategoryIn("f.categories") : " AND " + isInStream())
                + isOfPartition() + " ORDER BY " + key + ", e." + table.position() + " LIMIT " + limit + ") e" + order;
    }

    /** Such a condition leads no planner to the index of the categories, which has the rows in another order. */
    private String isOfCategoryIn(String categories) {
        return filter.selectedCategories().isEmpty()
                ? ""
                : " AND (" + category() + " = ANY (" + categories + ")) IS TRUE";
    }

    /**
     * One search for each type, or category: they are few, and each finds its rows in order. A pair of name and position can be
     * searched for in its own index alone. The one of the positions would do as well for a type that is frequent, which the
     * planner takes an unknown one for; for a rare one it would be read from end to end.
     */
    private List<String> searched() {
        return filter.selectedTypes().isEmpty() ? filter.selectedCategories() : filter.selectedTypes();
    }

    private void bindLimited(Connection connection, PreparedStatement statement, long after, long upTo)
            throws SQLException {
        statement.setLong(1, after);
        statement.setLong(2, upTo);
        if (!filter.isAll()) {
            statement.setArray(
                    3,
                    connection.createArrayOf("text", filter.selectedCategories().toArray()));
            int next = 4;
            for (String name : searched()) {
                statement.setString(next++, name);
            }
        }
    }

    private String conditions() {
        return (filter.selectedTypes().isEmpty() ? "" : " AND e." + table.messageType() + " = ANY (?::text[])")
                + (filter.selectedCategories().isEmpty() ? "" : " AND " + isOfCategories())
                + isOfPartition();
    }

    private String isOfPartition() {
        return filter.selectedPartition().sql("e." + table.streamId());
    }

    private int bindConditions(Connection connection, PreparedStatement statement, int first) throws SQLException {
        int next = first;
        for (List<String> names : List.of(filter.selectedTypes(), filter.selectedCategories())) {
            if (!names.isEmpty()) {
                statement.setArray(next++, connection.createArrayOf("text", names.toArray()));
            }
        }
        return next;
    }

    private String isOfCategories() {
        return isInStream() + " AND " + category() + " = ANY (?::text[])";
    }

    private String isInStream() {
        return "e." + table.streamId() + " IS NOT NULL";
    }

    /** As the index has it. */
    private String category() {
        return "split_part(e." + table.streamId() + ", '-', 1)";
    }

    String columns(String alias) {
        return String.join(
                ", ",
                List.of(
                        alias + "." + table.position(),
                        alias + "." + table.messageType(),
                        alias + "." + table.headers(),
                        alias + "." + table.payload(),
                        // Asked for only where the message does not say it: reading a time takes longer than a number.
                        "CASE WHEN NOT jsonb_exists(" + alias + "." + table.headers() + ", 'createdAt') THEN " + alias
                                + "." + table.createdAt() + " END",
                        alias + "." + table.streamId(),
                        alias + "." + table.streamVersion()));
    }

    static List<EventRow> read(PreparedStatement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            List<EventRow> read = new ArrayList<>();
            while (rows.next()) {
                read.add(row(rows));
            }
            return read;
        }
    }

    private static EventRow row(ResultSet row) throws SQLException {
        long version = row.getLong(7);
        @Nullable Long streamVersion = row.wasNull() ? null : (Long) version;
        OffsetDateTime storedAt = row.getObject(5, OffsetDateTime.class);
        return new EventRow(
                row.getLong(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                storedAt == null ? null : storedAt.toInstant(),
                row.getString(6),
                streamVersion);
    }

    private static long one(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }
}
