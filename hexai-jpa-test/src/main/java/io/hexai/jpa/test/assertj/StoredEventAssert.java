package io.hexai.jpa.test.assertj;

import io.hexai.jpa.event.EventMessage;
import io.hexai.jpa.event.EventType;
import io.hexai.jpa.event.MessageTrace;
import io.hexai.jpa.event.StoredEvent;
import io.hexai.jpa.event.StreamId;
import java.util.Objects;
import org.assertj.core.api.AbstractObjectAssert;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ObjectAssert;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Assertions about one event. A failure shows it with its payload.
 *
 * <p>Confined to its thread.
 */
@SuppressWarnings("exports") // AssertJ is optional, and whoever calls this requires it
public final class StoredEventAssert extends AbstractObjectAssert<StoredEventAssert, StoredEvent> {

    private static final JsonMapper JSON = new JsonMapper();

    StoredEventAssert(@Nullable StoredEvent event) {
        super(event, StoredEventAssert.class);
        info.useRepresentation(EventText.INSTANCE);
    }

    /**
     * Fails unless the payload is equal to this one.
     *
     * @param expected the payload
     * @return this
     */
    public StoredEventAssert hasPayload(Object expected) {
        return has("the payload", expected, EventText.payloadOf(given()));
    }

    /**
     * Fails unless the event is of this type.
     *
     * @param expected a class annotated with {@link EventType}
     * @return this
     * @throws IllegalArgumentException if it is not annotated
     */
    public StoredEventAssert hasType(Class<?> expected) {
        return hasType(EventText.typeOf(expected));
    }

    /**
     * Fails unless the event is of this type.
     *
     * @param expected as in {@link EventType}
     * @return this
     */
    public StoredEventAssert hasType(String expected) {
        return has("the type", expected, given().type());
    }

    /**
     * Fails unless the event was appended to this stream, with this version.
     *
     * @param stream the stream
     * @param version 1 for its first event
     * @return this
     */
    public StoredEventAssert isInStream(StreamId stream, long version) {
        return isInStream(stream).has("the version", version, given().streamVersion());
    }

    /**
     * Fails unless the event was appended to this stream.
     *
     * @param stream the stream
     * @return this
     */
    public StoredEventAssert isInStream(StreamId stream) {
        return has("the stream", stream, given().streamId());
    }

    /**
     * Fails if the event was appended to a stream.
     *
     * @return this
     */
    public StoredEventAssert isInNoStream() {
        return has("the stream", null, given().streamId());
    }

    /**
     * Fails unless the event has this header, one of its sender's or a standard one.
     *
     * @param name the header's name
     * @param expected its value; equal if written as the same JSON
     * @return this
     */
    public StoredEventAssert hasHeader(String name, Object expected) {
        Object found = given().message().headers().get(name);
        return found != null && json(found).equals(json(expected))
                ? this
                : has("the header '" + name + "'", expected, found);
    }

    /** As it is read back: an int that fits is no long any more. */
    private static JsonNode json(Object value) {
        return JSON.readTree(JSON.writeValueAsString(value));
    }

    /**
     * Fails if the event has a header of this name.
     *
     * @param name the header's name
     * @return this
     */
    public StoredEventAssert doesNotHaveHeader(String name) {
        return has(
                "the header '" + name + "'", null, given().message().headers().get(name));
    }

    /**
     * Fails unless the event was stored while that message was handled, or says otherwise that it caused it; both have the same
     * correlation then.
     *
     * @param cause the message
     * @return this
     */
    public StoredEventAssert isCausedBy(EventMessage cause) {
        MessageTrace origin = cause.correlation() == null ? cause.asTrace() : cause.correlation();
        return has("the causation", cause.asTrace(), given().message().causation())
                .has("the correlation", origin, given().message().correlation());
    }

    /**
     * Turns to the payload.
     *
     * @param type its class
     * @param <T> its type
     * @return assertions about the payload, once it is an instance of the class
     */
    public <T> ObjectAssert<T> payload(Class<T> type) {
        Object payload = EventText.payloadOf(given());
        if (!type.isInstance(payload)) {
            throw failure(
                    "%nExpecting a payload of %s but there was %s, in:%n  %s",
                    type, payload.getClass(), EventText.of(given()));
        }
        return Assertions.assertThat(type.cast(payload));
    }

    private StoredEvent given() {
        isNotNull();
        return actual;
    }

    private StoredEventAssert has(String what, @Nullable Object expected, @Nullable Object found) {
        if (!Objects.equals(expected, found)) {
            throw failureWithActualExpected(
                    found,
                    expected,
                    "%nExpecting %s %s but there was %s, in:%n  %s",
                    what,
                    EventText.ofPayload(expected),
                    EventText.ofPayload(found),
                    EventText.of(given()));
        }
        return this;
    }
}
