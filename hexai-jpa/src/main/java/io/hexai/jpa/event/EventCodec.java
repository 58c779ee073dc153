package io.hexai.jpa.event;

import java.time.Clock;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes events as the JSON that a store keeps, and reads them back: for other implementations of {@link EventStore}, which
 * refuse and return by it what the database would. Users of a store need it not. Thread-safe.
 */
public final class EventCodec {

    private final EventJson json;
    private final Clock clock;

    private EventCodec(EventJson json, Clock clock) {
        this.json = json;
        this.clock = clock;
    }

    /**
     * Creates a codec.
     *
     * @param types the event classes that are written and read
     * @param mapper writes payloads and reads them, such as that of {@link EventStoreBuilder#defaultMapper()}
     * @param clock of the messages made around payloads
     * @return the codec
     */
    public static EventCodec of(EventTypes types, JsonMapper mapper, Clock clock) {
        return new EventCodec(
                new EventJson(Objects.requireNonNull(mapper, "mapper"), types), Objects.requireNonNull(clock, "clock"));
    }

    /**
     * Writes an event, with the message that is being handled as its cause.
     *
     * @param event a payload whose class is registered, or an {@link EventMessage}
     * @return its message, and what is stored of it
     * @throws UnregisteredEventException if the payload's class is not registered
     * @throws UnstorableEventException if it cannot be written as JSON that PostgreSQL accepts
     */
    public EncodedEvent encode(Object event) {
        return json.encode(EventMessage.toStore(event, clock));
    }

    /**
     * Reads what was written, or what another program wrote.
     *
     * @param position the event's position in the store
     * @param type the event's type, as the store has it beside the headers
     * @param headers JSON
     * @param payload JSON
     * @param streamId the stream it was appended to, or null
     * @param streamVersion its version in that stream, or null
     * @return the event; its payload is JSON if the type is not registered
     */
    public StoredEvent decode(
            long position,
            String type,
            String headers,
            String payload,
            @Nullable StreamId streamId,
            @Nullable Long streamVersion) {
        return json.decode(new EventRow(
                position, type, headers, payload, null, streamId == null ? null : streamId.toString(), streamVersion));
    }
}
