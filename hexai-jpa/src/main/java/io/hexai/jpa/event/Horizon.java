package io.hexai.jpa.event;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Up to where nothing can appear any more that is not there already: the last position that was drawn, or the lowest from
 * which a running appender may still fill in others. It holds for snapshots that are taken after it was learnt.
 *
 * @param position all up to here is decided
 * @param appending whether this transaction is an appender itself, whose own events it may see
 * @param fromOneSnapshot whether the transaction's snapshot is older than what was learnt
 */
record Horizon(long position, boolean appending, boolean fromOneSnapshot) {

    /** The last value is read before the locks, since the locks are searched for each row of it. */
    static String sql(EventTable table) {
        return "SELECT s.last, l.lowest, l.own > 0, current_setting('transaction_isolation'), pg_is_in_recovery()"
                + " FROM (" + PositionLocks.lastDrawn(table) + ") s CROSS JOIN LATERAL (SELECT min("
                + PositionLocks.lowest("s.last") + ") FILTER (WHERE l.pid IS DISTINCT FROM pg_backend_pid()) AS lowest,"
                + " count(*) FILTER (WHERE l.pid = pg_backend_pid()) AS own FROM pg_locks l WHERE "
                + PositionLocks.isOfStore(table) + ") l";
    }

    static Horizon read(Connection connection, String sql, EventTable table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            row.next();
            if (row.getBoolean(5)) {
                throw new EventTableException(
                        table.name(),
                        "is read from a replica, which does not know the writers that run on its primary; only a store with"
                                + " PositionStrategy.COUNTER can be read there.",
                        null);
            }
            long last = row.getLong(1);
            long lowest = row.getLong(2);
            long position = row.wasNull() ? last : Math.min(last, lowest);
            return new Horizon(position, row.getBoolean(3), Isolation.readsFromOneSnapshot(row.getString(4)));
        }
    }
}
