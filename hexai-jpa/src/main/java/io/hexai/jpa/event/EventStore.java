package io.hexai.jpa.event;

import io.hexai.jpa.transaction.UnitOfWork;
import java.util.List;
import java.util.stream.Stream;

/**
 * An append-only table of events, in the database of the entities.
 *
 * <p>Appending joins the current unit of work, or opens one. Many writers may append at once. A reader that passes each
 * page's {@link EventPage#nextPosition()} to the next fetch sees every event exactly once, in an order that respects
 * causality, whatever the writers do; inside a unit of work it also sees what that unit has appended, though not
 * committed. Thread-safe.
 */
public interface EventStore {

    /**
     * Starts to build a store.
     *
     * @param unitOfWork what the store joins, and opens transactions with
     * @return the builder
     */
    static EventStoreBuilder builder(UnitOfWork unitOfWork) {
        return new EventStoreBuilder(unitOfWork);
    }

    /**
     * Stores one event.
     *
     * @param event a payload whose class is registered, or an {@link EventMessage}
     * @return the event with its position
     * @throws UnregisteredEventException if the payload's class is not registered
     * @throws UnstorableEventException if it cannot be written as JSON that PostgreSQL accepts
     * @throws DuplicateMessageException if the store has a message with the same id
     */
    default StoredEvent store(Object event) {
        return storeAll(List.of(event)).get(0);
    }

    /**
     * Stores events, all or none. Any number of them costs a constant number of statements for each few megabytes.
     *
     * @param events payloads whose classes are registered, or {@link EventMessage}s
     * @return the events with positions that increase strictly in the order of the list; contiguous only with
     *     {@link PositionStrategy#COUNTER}
     * @throws UnregisteredEventException if a payload's class is not registered
     * @throws UnstorableEventException if one cannot be written as JSON that PostgreSQL accepts
     * @throws DuplicateMessageException if the store has a message with the same id
     */
    List<StoredEvent> storeAll(List<?> events);

    /**
     * Appends events to a stream, all or none.
     *
     * @param stream the stream
     * @param expected what version the stream must be at
     * @param events payloads whose classes are registered, or {@link EventMessage}s
     * @return the events with positions that increase strictly, and versions that follow the stream's last one
     * @throws VersionConflictException if the stream is not at the expected version; nothing is stored, and the
     *     transaction may go on
     * @throws UnregisteredEventException if a payload's class is not registered
     * @throws UnstorableEventException if one cannot be written as JSON that PostgreSQL accepts
     * @throws DuplicateMessageException if the store has a message with the same id
     */
    List<StoredEvent> append(StreamId stream, ExpectedVersion expected, List<?> events);

    /**
     * Reads events after a position.
     *
     * @param after 0 for the beginning, or {@link EventPage#nextPosition()} of the page before
     * @param limit how many at most, 1 or greater
     * @return the page; the unit of work's own events that lie beyond what other readers may see come last in it, and
     *     again in the next
     * @throws IllegalArgumentException if the position is negative or the limit not positive
     */
    default EventPage fetch(long after, int limit) {
        return fetch(after, limit, EventFilter.all());
    }

    /**
     * Reads selected events after a position.
     *
     * @param after 0 for the beginning, or {@link EventPage#nextPosition()} of the page before
     * @param limit how many at most, 1 or greater
     * @param filter which events
     * @return the page, whose next position also passes the events that were not selected
     * @throws IllegalArgumentException if the position is negative or the limit not positive
     */
    EventPage fetch(long after, int limit, EventFilter filter);

    /**
     * Reads all events after a position, in batches, up to the last one that readers may see when the reading begins.
     * Close the stream: outside of a unit of work it reads one batch ahead on another thread, with a connection of its own
     * for as long as that takes. Inside one it reads on the unit's connection, and ends with the unit.
     *
     * @param after 0 for the beginning
     * @param batchSize how many events to read at once, 1 or greater; at most about three batches are held in memory
     * @return the events, read as they are consumed
     * @throws IllegalArgumentException if the position is negative or the batch size not positive
     */
    default Stream<StoredEvent> stream(long after, int batchSize) {
        return stream(after, batchSize, EventFilter.all());
    }

    /**
     * Reads all selected events after a position, as {@link #stream(long, int)} does.
     *
     * @param after 0 for the beginning
     * @param batchSize how many events to read at once, 1 or greater
     * @param filter which events
     * @return the events, read as they are consumed
     * @throws IllegalArgumentException if the position is negative or the batch size not positive
     */
    Stream<StoredEvent> stream(long after, int batchSize, EventFilter filter);

    /**
     * Reads a whole stream.
     *
     * @param stream the stream
     * @return its events by version; empty if there are none
     */
    default List<StoredEvent> readStream(StreamId stream) {
        return readStream(stream, 0);
    }

    /**
     * Reads a stream from a version on. Unlike {@link #fetch(long, int)} it returns all that is committed: a stream has no
     * gaps to wait for.
     *
     * @param stream the stream
     * @param fromVersion the first version to return; the stream's first event has version 1
     * @return its events by version; empty if there are none
     * @throws IllegalArgumentException if the version is negative
     */
    List<StoredEvent> readStream(StreamId stream, long fromVersion);

    /**
     * Counts the events that a reader would get after a position.
     *
     * @param after 0 for the beginning
     * @return how many
     * @throws IllegalArgumentException if the position is negative
     */
    default long count(long after) {
        return count(after, EventFilter.all());
    }

    /**
     * Counts the selected events that a reader would get after a position.
     *
     * @param after 0 for the beginning
     * @param filter which events
     * @return how many
     * @throws IllegalArgumentException if the position is negative
     */
    long count(long after, EventFilter filter);

    /**
     * Returns the position of the last event that readers may see. Events beyond it may be there already, but something
     * before them may still appear.
     *
     * @return 0 if there is none
     */
    long lastPosition();
}
