package io.hexai.jpa.test;

import io.hexai.jpa.event.EncodedEvent;
import io.hexai.jpa.event.EventCodec;
import io.hexai.jpa.event.EventFilter;
import io.hexai.jpa.event.EventPage;
import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.EventStoreArguments;
import io.hexai.jpa.event.EventTypes;
import io.hexai.jpa.event.ExpectedVersion;
import io.hexai.jpa.event.StoredEvent;
import io.hexai.jpa.event.StreamId;
import io.hexai.jpa.event.VersionConflictException;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.ResourceKey;
import io.hexai.jpa.transaction.Transaction;
import io.hexai.jpa.transaction.UnitOfWork;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * An event store without a database, which passes the same contract tests as the real one. Events are written as JSON and
 * read back, so that a test notices one that could not be stored.
 *
 * <p>Without a unit of work each call is a transaction. With one, what was appended becomes visible to others when the unit
 * commits, and goes when it, or a nested scope, rolls back. Two transactions that append to one stream wait for each other,
 * as they do in the database. What it does not imitate: isolation levels stricter than READ COMMITTED, and failures of the
 * connection; the events appear as the first of the hooks after commit that were registered since the first append.
 *
 * <p>Thread-safe.
 */
public final class InMemoryEventStore implements EventStore {

    private final EventCodec codec;
    private final @Nullable UnitOfWork unitOfWork;
    private final InMemoryEvents events = new InMemoryEvents();
    private final ResourceKey<CurrentAppends> currentAppends = ResourceKey.of("appends to the in-memory event store");

    InMemoryEventStore(EventCodec codec, @Nullable UnitOfWork unitOfWork) {
        this.codec = codec;
        this.unitOfWork =
                unitOfWork == null ? null : unitOfWork.with(options -> options.withPropagation(Propagation.EXISTING));
    }

    /**
     * Creates an empty store that takes part in no unit of work.
     *
     * @param types the event classes that it writes and reads
     * @return the store
     */
    public static InMemoryEventStore of(EventTypes types) {
        return builder().types(types).build();
    }

    /**
     * Starts to build a store.
     *
     * @return the builder
     */
    public static InMemoryEventStoreBuilder builder() {
        return new InMemoryEventStoreBuilder();
    }

    /**
     * Forgets all events. Positions start from 1 again.
     *
     * @throws IllegalStateException if a transaction that has appended is still open
     */
    public void clear() {
        events.clear();
    }

    @Override
    public List<StoredEvent> storeAll(List<?> payloads) {
        List<EncodedEvent> encoded = encode(payloads);
        return encoded.isEmpty()
                ? List.of()
                : inTransaction(appends -> events.append(appends, null, ExpectedVersion.any(), encoded))
                        .stored();
    }

    @Override
    public List<StoredEvent> append(StreamId stream, ExpectedVersion expected, List<?> payloads) {
        Objects.requireNonNull(stream, "stream");
        Objects.requireNonNull(expected, "expected");
        List<EncodedEvent> encoded = encode(payloads);
        if (encoded.isEmpty()) {
            return List.of();
        }
        Appended appended = inTransaction(appends -> events.append(appends, stream, expected, encoded));
        // Thrown here, where the scope has ended well: an expectation that is not met dooms no transaction.
        if (appended.conflict() != null) {
            throw appended.conflict();
        }
        return appended.stored();
    }

    private List<EncodedEvent> encode(List<?> payloads) {
        List<EncodedEvent> encoded = new ArrayList<>(payloads.size());
        for (Object payload : payloads) {
            encoded.add(codec.encode(Objects.requireNonNull(payload, "event")));
        }
        return encoded;
    }

    private Appended inTransaction(Appending appending) {
        return unitOfWork == null
                ? events.atOnce(appending)
                : unitOfWork.call(() -> appendIn(unitOfWork.current(), appending));
    }

    private Appended appendIn(Transaction transaction, Appending appending) {
        CurrentAppends current = transaction.resource(currentAppends, CurrentAppends::new);
        if (current.appends == null) {
            OpenAppends opened = new OpenAppends(Thread.currentThread());
            current.appends = opened;
            transaction.afterCommit(() -> events.commit(opened));
        }
        OpenAppends appends = current.appends;
        int before = appends.rows().size();
        transaction.afterRollback(() -> events.rollBack(appends, before));
        return appending.to(appends);
    }

    /** Null if this thread's transaction, if there is one, has appended nothing. */
    private @Nullable OpenAppends ownAppends() {
        return unitOfWork == null || !unitOfWork.isActive()
                ? null
                : unitOfWork.current().resource(currentAppends, CurrentAppends::new).appends;
    }

    @Override
    public EventPage fetch(long after, int limit, EventFilter filter) {
        EventStoreArguments.requirePosition(after);
        EventStoreArguments.requirePositive("limit", limit);
        VisibleEvents visible = events.visibleTo(ownAppends());
        List<StoredEvent> decided = select(visible.decided(), after, filter, limit);
        long next = decided.size() == limit ? decided.get(limit - 1).position() : Math.max(after, visible.last());
        List<StoredEvent> page = new ArrayList<>(decided);
        page.addAll(select(visible.ownBeyond(), after, filter, limit - decided.size()));
        return new EventPage(page, next, visible.last());
    }

    private List<StoredEvent> select(List<InMemoryRow> rows, long after, EventFilter filter, int limit) {
        return InMemoryRow.after(rows, after).stream()
                .map(this::decode)
                .filter(filter::matches)
                .limit(limit)
                .toList();
    }

    @Override
    public Stream<StoredEvent> stream(long after, int batchSize, EventFilter filter) {
        EventStoreArguments.requirePosition(after);
        EventStoreArguments.requirePositive("batch size", batchSize);
        // What is there when the reading begins, not when the stream is made.
        return StreamSupport.stream(() -> visible(after).spliterator(), 0, false)
                .map(this::decode)
                .filter(filter::matches);
    }

    private List<InMemoryRow> visible(long after) {
        VisibleEvents visible = events.visibleTo(ownAppends());
        List<InMemoryRow> rows = new ArrayList<>(InMemoryRow.after(visible.decided(), after));
        rows.addAll(InMemoryRow.after(visible.ownBeyond(), after));
        return rows;
    }

    @Override
    public List<StoredEvent> readStream(StreamId stream, long fromVersion) {
        EventStoreArguments.requireVersion(fromVersion);
        return events.stream(stream, ownAppends()).stream()
                .filter(row -> row.versionIn(stream) >= fromVersion)
                .map(this::decode)
                .toList();
    }

    @Override
    public long count(long after, EventFilter filter) {
        EventStoreArguments.requirePosition(after);
        return visible(after).stream().map(this::decode).filter(filter::matches).count();
    }

    @Override
    public long lastPosition() {
        return events.visibleTo(ownAppends()).last();
    }

    private StoredEvent decode(InMemoryRow row) {
        return codec.decode(
                row.position(), row.type(), row.headers(), row.payload(), row.streamId(), row.streamVersion());
    }

    /** What a transaction does with its appends. */
    interface Appending {
        Appended to(OpenAppends appends);
    }

    /** How an append went. */
    record Appended(List<StoredEvent> stored, @Nullable VersionConflictException conflict) {}

    private static final class CurrentAppends {
        private @Nullable OpenAppends appends;
    }
}
