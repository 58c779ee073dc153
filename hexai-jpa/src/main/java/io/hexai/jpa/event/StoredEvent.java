package io.hexai.jpa.event;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An event with its place in a store. Immutable, as far as its payload is. */
public final class StoredEvent {

    private final long position;
    private final EventMessage message;
    private final @Nullable StreamId streamId;
    private final @Nullable Long streamVersion;
    private final @Nullable RuntimeException unreadable;

    StoredEvent(
            long position,
            EventMessage message,
            @Nullable StreamId streamId,
            @Nullable Long streamVersion,
            @Nullable RuntimeException unreadable) {
        this.position = position;
        this.message = message;
        this.streamId = streamId;
        this.streamVersion = streamVersion;
        this.unreadable = unreadable;
    }

    /**
     * Creates a stored event, for other implementations of {@link EventStore}.
     *
     * @param position its position in the store
     * @param message the event with its headers
     * @param streamId the stream it was appended to, or null
     * @param streamVersion its version in that stream, or null
     * @return the stored event
     */
    public static StoredEvent of(
            long position, EventMessage message, @Nullable StreamId streamId, @Nullable Long streamVersion) {
        Objects.requireNonNull(message, "message");
        return new StoredEvent(position, message, streamId, streamVersion, null);
    }

    /**
     * Returns the event's position, by which the store is read.
     *
     * @return greater than those of all events that could have caused it
     */
    public long position() {
        return position;
    }

    /**
     * Returns the event with its headers.
     *
     * @return its payload is a {@code JsonNode} if the type is not registered, or the JSON does not fit its class
     */
    public EventMessage message() {
        return message;
    }

    /**
     * Returns the name of the event type.
     *
     * @return as in {@link EventType}
     */
    public String type() {
        return message.type();
    }

    /**
     * Returns the event itself.
     *
     * @return an instance of the registered class; a {@code JsonNode} if the type is not registered
     * @throws UnreadableEventException if the stored JSON does not fit the registered class
     */
    public Object payload() {
        if (unreadable != null) {
            throw new UnreadableEventException(position, message, unreadable);
        }
        return message.payload();
    }

    /**
     * Returns the event itself if it is of a type.
     *
     * @param type the asked class
     * @param <T> the asked type
     * @return the payload, or empty if it is of another type
     * @throws UnreadableEventException if the stored JSON does not fit the registered class
     */
    public <T> Optional<T> payloadAs(Class<T> type) {
        Object payload = payload();
        return type.isInstance(payload) ? Optional.of(type.cast(payload)) : Optional.empty();
    }

    /**
     * Returns the stream that the event was appended to.
     *
     * @return the stream, or null if it was stored in none
     */
    public @Nullable StreamId streamId() {
        return streamId;
    }

    /**
     * Returns the event's version in its stream.
     *
     * @return 1 or greater, or null if it was stored in no stream
     */
    public @Nullable Long streamVersion() {
        return streamVersion;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof StoredEvent that
                && position == that.position
                && message.equals(that.message)
                && Objects.equals(streamId, that.streamId)
                && Objects.equals(streamVersion, that.streamVersion);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(position);
    }

    /** Leaves the payload out, which may hold what does not belong in a log. */
    @Override
    public String toString() {
        return "StoredEvent[" + position + " " + message.type() + " " + message.id()
                + (streamId == null ? "" : " " + streamId + "@" + streamVersion) + "]";
    }
}
