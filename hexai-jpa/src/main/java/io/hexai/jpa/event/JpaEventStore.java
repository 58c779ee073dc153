package io.hexai.jpa.event;

import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.Registration;
import io.hexai.jpa.transaction.TransactionOptions;
import io.hexai.jpa.transaction.UnitOfWork;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.hibernate.Session;
import org.hibernate.jdbc.ReturningWork;
import org.jspecify.annotations.Nullable;

/** The store over a table that a JPA entity maps. */
final class JpaEventStore implements DatabaseEventStore {

    private final UnitOfWork unitOfWork;
    private final UnitOfWork appending;
    private final UnitOfWork reading;
    private final EventWriter writer;
    private final EventReader reader;
    private final EventJson json;
    private final Clock clock;
    private final ReadAhead readAhead = new ReadAhead();
    private final AppendListeners listeners = new AppendListeners();

    JpaEventStore(UnitOfWork unitOfWork, EventWriter writer, EventReader reader, EventJson json, Clock clock) {
        this.unitOfWork = unitOfWork;
        this.appending = unitOfWork.with(options -> options.withPropagation(Propagation.EXISTING));
        this.reading = unitOfWork.with(TransactionOptions.defaults());
        this.writer = writer;
        this.reader = reader;
        this.json = json;
        this.clock = clock;
    }

    @Override
    public List<StoredEvent> storeAll(List<?> events) {
        List<EventMessage> messages = messages(events);
        if (messages.isEmpty()) {
            return List.of();
        }
        EventChunks chunks = new EventChunks(messages, json);
        return inTransaction(connection -> {
            List<StoredEvent> stored = new ArrayList<>(messages.size());
            while (chunks.hasNext()) {
                List<EncodedEvent> chunk = chunks.next();
                List<Long> positions = writer.append(appending.current(), connection, chunk);
                for (int i = 0; i < positions.size(); i++) {
                    stored.add(StoredEvent.of(positions.get(i), chunk.get(i).message(), null, null));
                }
            }
            listeners.appended(appending.current());
            return List.copyOf(stored);
        });
    }

    @Override
    public List<StoredEvent> append(StreamId stream, ExpectedVersion expected, List<?> events) {
        Objects.requireNonNull(stream, "stream");
        Objects.requireNonNull(expected, "expected");
        List<EventMessage> messages = messages(events);
        if (messages.isEmpty()) {
            return List.of();
        }
        EventChunks chunks = new EventChunks(messages, json);
        AppendedStream appended = inTransaction(connection -> append(connection, stream, expected, chunks));
        // Thrown here, where the scope has ended well: an expectation that is not met dooms no transaction.
        if (appended.conflict != null) {
            throw appended.conflict;
        }
        return appended.events;
    }

    private AppendedStream append(Connection connection, StreamId stream, ExpectedVersion expected, EventChunks chunks)
            throws SQLException {
        List<StoredEvent> stored = new ArrayList<>();
        ExpectedVersion expectedOfChunk = expected;
        while (chunks.hasNext()) {
            List<EncodedEvent> chunk = chunks.next();
            StreamAppend appended = writer.append(appending.current(), connection, chunk, stream, expectedOfChunk);
            if (appended.conflict() != null) {
                if (stored.isEmpty()) {
                    return new AppendedStream(List.of(), appended.conflict());
                }
                throw appended.conflict();
            }
            long version = appended.versionBefore();
            for (int i = 0; i < chunk.size(); i++) {
                stored.add(
                        StoredEvent.of(appended.positions().get(i), chunk.get(i).message(), stream, ++version));
            }
            expectedOfChunk = ExpectedVersion.exactly(version);
        }
        listeners.appended(appending.current());
        return new AppendedStream(List.copyOf(stored), null);
    }

    @Override
    public EventPage fetch(long after, int limit, EventFilter filter) {
        EventStoreArguments.requirePosition(after);
        EventStoreArguments.requirePositive("limit", limit);
        return read(after, (connection, upTo) -> reader.page(connection, upTo, after, limit, filter));
    }

    @Override
    public Stream<StoredEvent> stream(long after, int batchSize, EventFilter filter) {
        EventStoreArguments.requirePosition(after);
        EventStoreArguments.requirePositive("batch size", batchSize);
        EventBatches batches = new EventBatches(reading, reader, filter, after, batchSize);
        return (reading.isActive() ? BatchStream.of(batches) : BatchStream.of(batches, readAhead)).map(reader::decode);
    }

    @Override
    public List<StoredEvent> readStream(StreamId stream, long fromVersion) {
        EventStoreArguments.requireVersion(fromVersion);
        return onConnection(connection -> reader.stream(connection, stream, fromVersion));
    }

    @Override
    public long count(long after, EventFilter filter) {
        EventStoreArguments.requirePosition(after);
        return read(after, (connection, upTo) -> reader.count(connection, upTo, after, filter));
    }

    @Override
    public long lastPosition() {
        return read(0, reader::last);
    }

    @Override
    public UnitOfWork unitOfWork() {
        return unitOfWork;
    }

    @Override
    public String table() {
        return reader.table();
    }

    @Override
    public EventTypes types() {
        return json.types();
    }

    @Override
    public DatabaseEventStore over(UnitOfWork other) {
        return new JpaEventStore(other, writer, reader, json, clock);
    }

    @Override
    public long lastCommittedPosition() {
        return onConnection(reader::lastCommitted);
    }

    @Override
    public boolean isAppending() {
        return listeners.isAppending()
                || reading.isActive()
                        && (AggregateDrain.isToDrain(unitOfWork, this)
                                || read(0, (connection, limit) -> limit.appending()));
    }

    @Override
    public List<EventAppender> appenders() {
        return onConnection(reader::appenders);
    }

    @Override
    public void storeRaised() {
        AggregateDrain.drainCurrent(unitOfWork);
    }

    @Override
    public Registration onAppended(Runnable listener) {
        return listeners.add(listener);
    }

    private <T> T onConnection(ReturningWork<T> work) {
        return reading.call(entityManager -> entityManager.unwrap(Session.class).doReturningWork(work));
    }

    private <T> T read(long after, LimitedRead<T> read) {
        return reading.call(entityManager -> {
            Session session = entityManager.unwrap(Session.class);
            Limit limit = reader.limit(reading, session, after);
            return session.doReturningWork(connection -> read.from(connection, limit));
        });
    }

    private <T> T inTransaction(ReturningWork<T> work) {
        return appending.call(
                entityManager -> entityManager.unwrap(Session.class).doReturningWork(work));
    }

    private List<EventMessage> messages(List<?> events) {
        List<EventMessage> messages = new ArrayList<>(events.size());
        for (Object event : events) {
            messages.add(EventMessage.toStore(Objects.requireNonNull(event, "event"), clock));
        }
        return messages;
    }

    private interface LimitedRead<T> {
        T from(Connection connection, Limit limit) throws SQLException;
    }

    private record AppendedStream(
            List<StoredEvent> events, @Nullable VersionConflictException conflict) {}
}
