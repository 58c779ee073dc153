package io.hexai.jpa.event;

import io.hexai.jpa.transaction.UnitOfWork;
import java.util.List;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;

/** Batches of rows after a position, up to the limit at the first batch, each read in one transaction. Not thread-safe. */
final class EventBatches {

    private final UnitOfWork reading;
    private final EventReader reader;
    private final EventSelect select;
    private final int size;
    private long after;
    private @Nullable Limit limit;
    private boolean beyondLimit;

    EventBatches(UnitOfWork reading, EventReader reader, EventFilter filter, long after, int size) {
        this.reading = reading;
        this.reader = reader;
        this.select = reader.select(filter);
        this.after = after;
        this.size = size;
    }

    /** An empty batch is the end. */
    List<EventRow> next() {
        return reading.call(entityManager -> next(entityManager.unwrap(Session.class)));
    }

    private List<EventRow> next(Session session) {
        Limit upTo = limit == null ? reader.limit(reading, session, after) : limit;
        limit = upTo;
        List<EventRow> rows = List.of();
        if (!beyondLimit) {
            rows = session.doReturningWork(connection -> select.rows(connection, after, upTo.position(), size));
            beyondLimit = rows.isEmpty() && upTo.appending();
        }
        if (beyondLimit) {
            rows = session.doReturningWork(
                    connection -> select.uncommitted(connection, Math.max(after, upTo.position()), size));
        }
        if (!rows.isEmpty()) {
            after = rows.get(rows.size() - 1).position();
        }
        return rows;
    }
}
