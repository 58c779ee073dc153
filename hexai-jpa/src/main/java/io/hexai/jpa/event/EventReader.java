package io.hexai.jpa.event;

import io.hexai.jpa.transaction.UnitOfWork;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.hibernate.Session;

/** Reads events up to where a reader may. Thread-safe. */
final class EventReader {

    private final EventTable table;
    private final PositionStrategy strategy;
    private final EventJson json;
    private final String horizonSql;
    private final SnapshotHorizon snapshotHorizon;

    EventReader(EventTable table, PositionStrategy strategy, EventJson json) {
        this.table = table;
        this.strategy = strategy;
        this.json = json;
        this.horizonSql = Horizon.sql(table);
        this.snapshotHorizon = new SnapshotHorizon(table, horizonSql);
    }

    EventSelect select(EventFilter filter) {
        return new EventSelect(table, filter);
    }

    StoredEvent decode(EventRow row) {
        return json.decode(row);
    }

    /** Must be learnt before the statement, and so the snapshot, that reads the events. */
    Limit limit(UnitOfWork unitOfWork, Session session, long after) {
        if (strategy == PositionStrategy.COUNTER) {
            return session.doReturningWork(this::counted);
        }
        Horizon horizon = session.doReturningWork(connection -> Horizon.read(connection, horizonSql, table));
        return new Limit(
                horizon.fromOneSnapshot() ? snapshotHorizon.after(after, unitOfWork, session) : horizon.position(),
                horizon.appending());
    }

    /** Nothing can appear at or below what the counter's row shows. A row that is gone says that the positions are a sequence's. */
    private Limit counted(Connection connection) throws SQLException {
        try (PreparedStatement statement =
                        connection.prepareStatement("SELECT last_position FROM " + table.counter() + " WHERE id = 1");
                ResultSet row = statement.executeQuery()) {
            if (!row.next()) {
                throw EventTableException.withoutCounter(table);
            }
            return new Limit(row.getLong(1), false);
        }
    }

    EventPage page(Connection connection, Limit limit, long after, int size, EventFilter filter) throws SQLException {
        EventSelect select = select(filter);
        long last = last(connection, limit);
        List<EventRow> rows = select.rows(connection, after, last, size);
        long next = rows.size() == size ? rows.get(size - 1).position() : Math.max(after, last);
        if (limit.appending() && rows.size() < size) {
            rows.addAll(select.uncommitted(connection, Math.max(after, limit.position()), size - rows.size()));
        }
        return new EventPage(decode(rows), next, last);
    }

    /** An event's position rather than a drawn one: after a crash, the sequence may draw again what nobody committed. */
    long last(Connection connection, Limit limit) throws SQLException {
        String sql = "SELECT coalesce(max(" + table.position() + "), 0) FROM " + table.name() + " WHERE "
                + table.position() + " <= ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, limit.position());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** The last event that is committed, whether or not something before it may still appear. */
    long lastCommitted(Connection connection) throws SQLException {
        return last(connection, Limit.NONE);
    }

    List<EventAppender> appenders(Connection connection) throws SQLException {
        return strategy == PositionStrategy.COUNTER ? List.of() : EventAppender.read(connection, table);
    }

    String table() {
        return table.name();
    }

    long count(Connection connection, Limit limit, long after, EventFilter filter) throws SQLException {
        EventSelect select = select(filter);
        long count = select.count(connection, after, limit.position());
        return limit.appending()
                ? count + select.countUncommitted(connection, Math.max(after, limit.position()))
                : count;
    }

    List<StoredEvent> stream(Connection connection, StreamId stream, long fromVersion) throws SQLException {
        String sql = "SELECT " + select(EventFilter.all()).columns("e") + " FROM " + table.name() + " e WHERE e."
                + table.streamId() + " = ? AND e." + table.streamVersion() + " >= ? ORDER BY e."
                + table.streamVersion();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, stream.toString());
            statement.setLong(2, fromVersion);
            return decode(EventSelect.read(statement));
        }
    }

    private List<StoredEvent> decode(List<EventRow> rows) {
        List<StoredEvent> events = new ArrayList<>(rows.size());
        for (EventRow row : rows) {
            events.add(json.decode(row));
        }
        return events;
    }
}
