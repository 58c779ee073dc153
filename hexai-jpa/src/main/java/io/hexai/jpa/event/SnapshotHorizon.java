package io.hexai.jpa.event;

import io.hexai.jpa.transaction.IsolationLevel;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.ResourceKey;
import io.hexai.jpa.transaction.TransactionOptions;
import io.hexai.jpa.transaction.UnitOfWork;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;

/**
 * The horizon of a transaction whose snapshot is older than anything it can learn about running writers.
 *
 * <p>Without a gap in what the snapshot shows there is nothing to learn. Else a second transaction reads today's horizon,
 * below which the table cannot change any more. Up to where both see the same number of events, they see the same events,
 * and the gaps of the snapshot are no events that it is too old to see.
 */
final class SnapshotHorizon {

    private static final TransactionOptions ELSEWHERE = TransactionOptions.defaults()
            .withPropagation(Propagation.NEW)
            .withIsolation(IsolationLevel.READ_COMMITTED)
            .withReadOnly(true)
            .withName("event horizon");

    private final EventTable table;
    private final String horizonSql;
    private final EventSelect all;
    private final String extent;
    private final ResourceKey<Known> known = ResourceKey.of("event horizon of a snapshot");

    SnapshotHorizon(EventTable table, String horizonSql) {
        this.table = table;
        this.horizonSql = horizonSql;
        this.all = new EventSelect(table, EventFilter.all());
        this.extent = "SELECT coalesce(max(" + table.position() + "), 0), count(*) FROM " + table.name() + " WHERE "
                + table.position() + " > ?";
    }

    /** What was found once stays true as long as the snapshot does. */
    long after(long after, UnitOfWork unitOfWork, Session session) {
        Known remembered = unitOfWork.current().resource(known, Known::new);
        if (!remembered.covers(after)) {
            remembered.from = after;
            remembered.upTo = find(after, unitOfWork, session);
        }
        return remembered.upTo;
    }

    private long find(long after, UnitOfWork unitOfWork, Session session) {
        Long withoutGap = session.doReturningWork(connection -> endWithoutGap(connection, after));
        if (withoutGap != null) {
            return withoutGap;
        }
        UnitOfWork elsewhere = unitOfWork.with(ELSEWHERE);
        long horizon = elsewhere.call(entityManager -> entityManager
                .unwrap(Session.class)
                .doReturningWork(connection ->
                        Horizon.read(connection, horizonSql, table).position()));
        return horizon <= after || isSame(after, horizon, elsewhere, session)
                ? horizon
                : lastSame(after, horizon, elsewhere, session);
    }

    private @Nullable Long endWithoutGap(Connection connection, long after) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(extent)) {
            statement.setLong(1, after);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                long last = row.getLong(1);
                long count = row.getLong(2);
                return count > 0 && last - after == count ? (Long) last : null;
            }
        }
    }

    private long lastSame(long after, long horizon, UnitOfWork elsewhere, Session session) {
        long same = after;
        long different = horizon;
        while (different - same > 1) {
            long middle = same + (different - same) / 2;
            if (isSame(same, middle, elsewhere, session)) {
                same = middle;
            } else {
                different = middle;
            }
        }
        return same;
    }

    private boolean isSame(long after, long upTo, UnitOfWork elsewhere, Session session) {
        long there = elsewhere.call(entityManager ->
                entityManager.unwrap(Session.class).doReturningWork(connection -> all.count(connection, after, upTo)));
        long here = session.doReturningWork(connection -> all.count(connection, after, upTo));
        return here == there;
    }

    private static final class Known {
        private long from;
        private long upTo = -1;

        boolean covers(long after) {
            return from <= after && after < upTo;
        }
    }
}
