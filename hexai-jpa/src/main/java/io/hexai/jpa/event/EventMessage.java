package io.hexai.jpa.event;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * An event with its headers: who it is, what caused it, and whatever its sender added. Immutable, as far as its payload
 * is; each wither returns a new message with the same payload.
 */
public final class EventMessage {

    /** The value of the header {@code intent} of a message made from a payload. */
    public static final String EVENT_INTENT = "event";

    static final Set<String> RESERVED_HEADERS =
            Set.of("id", "type", "schemaVersion", "createdAt", "intent", "correlation", "causation");

    private final Envelope envelope;
    private final Map<String, Object> ownHeaders;
    private final Object payload;

    EventMessage(Envelope envelope, Map<String, Object> ownHeaders, Object payload) {
        this.envelope = envelope;
        this.ownHeaders = ownHeaders;
        this.payload = payload;
    }

    /**
     * Wraps a payload in a message with a new id, the current time, and type and version from its class.
     *
     * @param payload of a class annotated with {@link EventType}
     * @return the message
     * @throws IllegalArgumentException if the class is not annotated
     */
    public static EventMessage of(Object payload) {
        return of(payload, Clock.systemUTC());
    }

    static EventMessage of(Object payload, Clock clock) {
        if (payload instanceof JsonNode) {
            throw new IllegalArgumentException(
                    "JSON carries no event type; use EventMessage.ofJson(type, schemaVersion, payload).");
        }
        if (payload instanceof EventMessage) {
            throw new IllegalArgumentException("The payload is an EventMessage already; use it as it is.");
        }
        EventName name = EventName.of(payload.getClass());
        return new EventMessage(Envelope.create(name, clock), Map.of(), payload);
    }

    /**
     * Makes a message from JSON, for an event that has no class here.
     *
     * @param type the event type
     * @param schemaVersion the version of the payload's shape
     * @param payload the payload
     * @return the message
     */
    public static EventMessage ofJson(String type, int schemaVersion, JsonNode payload) {
        Objects.requireNonNull(payload, "payload");
        return new EventMessage(
                Envelope.create(new EventName(type, schemaVersion), Clock.systemUTC()), Map.of(), payload);
    }

    /**
     * Returns the message's id, which a store accepts once.
     *
     * @return a UUID of version 7 unless the sender chose another
     */
    public String id() {
        return envelope.id;
    }

    /**
     * Returns the name of the event type.
     *
     * @return as in {@link EventType}
     */
    public String type() {
        return envelope.type;
    }

    /**
     * Returns the version of the payload's shape when it was stored.
     *
     * @return 1 or greater
     */
    public int schemaVersion() {
        return envelope.schemaVersion;
    }

    /**
     * Returns when the message was made.
     *
     * @return by its sender's clock
     */
    public Instant createdAt() {
        return envelope.createdAt;
    }

    /**
     * Returns what kind of message it is.
     *
     * @return {@value #EVENT_INTENT} unless its sender said otherwise; null if its sender said nothing
     */
    public @Nullable String intent() {
        return envelope.intent;
    }

    /**
     * Returns the message that the whole chain of messages started from.
     *
     * @return the origin, or null if unknown
     */
    public @Nullable MessageTrace correlation() {
        return envelope.correlation;
    }

    /**
     * Returns the message whose handling led to this one.
     *
     * @return the cause, or null if unknown
     */
    public @Nullable MessageTrace causation() {
        return envelope.causation;
    }

    /**
     * Returns the event itself.
     *
     * @return an instance of the registered class, or a {@link JsonNode}
     */
    public Object payload() {
        return payload;
    }

    /**
     * Returns the headers that the sender added to the standard ones.
     *
     * @return unmodifiable
     */
    public Map<String, Object> ownHeaders() {
        return ownHeaders;
    }

    /**
     * Returns all headers as they are stored.
     *
     * @return unmodifiable, of strings, numbers, booleans, lists and maps
     */
    public Map<String, Object> headers() {
        return Collections.unmodifiableMap(envelope.withOwn(ownHeaders));
    }

    /**
     * Points at this message.
     *
     * @return its id and type
     */
    public MessageTrace asTrace() {
        return new MessageTrace(id(), type());
    }

    /**
     * Returns this message with a header of the sender's own.
     *
     * @param name not one of the standard headers, which have withers of their own
     * @param value anything that is written as JSON
     * @return the new message
     * @throws IllegalArgumentException if the name is that of a standard header
     */
    public EventMessage withHeader(String name, Object value) {
        Objects.requireNonNull(value, "value");
        if (RESERVED_HEADERS.contains(name)) {
            throw new IllegalArgumentException("'" + name
                    + "' is a standard header; set it with the method of EventMessage that is named after it.");
        }
        Map<String, Object> more = new LinkedHashMap<>(ownHeaders);
        more.put(name, value);
        return new EventMessage(envelope, Collections.unmodifiableMap(more), payload);
    }

    /**
     * Returns this message with another id.
     *
     * @param id unique among the messages of the store
     * @return the new message
     */
    public EventMessage withId(String id) {
        if (id.isBlank()) {
            throw new IllegalArgumentException("The id of a message must not be blank.");
        }
        return with(envelope.withId(id));
    }

    /**
     * Returns this message with another time.
     *
     * @param createdAt when it was made
     * @return the new message
     */
    public EventMessage withCreatedAt(Instant createdAt) {
        return with(envelope.withCreatedAt(Objects.requireNonNull(createdAt, "createdAt")));
    }

    /**
     * Returns this message with another intent.
     *
     * @param intent what kind of message it is
     * @return the new message
     */
    public EventMessage withIntent(String intent) {
        return with(envelope.withIntent(Objects.requireNonNull(intent, "intent")));
    }

    /**
     * Returns this message with another correlation.
     *
     * @param correlation the message that the chain started from
     * @return the new message
     */
    public EventMessage withCorrelation(MessageTrace correlation) {
        return with(envelope.withTraces(Objects.requireNonNull(correlation, "correlation"), envelope.causation));
    }

    /**
     * Returns this message with another causation.
     *
     * @param causation the message whose handling led to this one
     * @return the new message
     */
    public EventMessage withCausation(MessageTrace causation) {
        return with(envelope.withTraces(envelope.correlation, Objects.requireNonNull(causation, "causation")));
    }

    /**
     * Returns this message as caused by another one, and correlated with what that one is correlated with, or with itself.
     *
     * @param cause the message whose handling led to this one
     * @return the new message
     */
    public EventMessage causedBy(EventMessage cause) {
        MessageTrace origin = cause.correlation();
        return with(envelope.withTraces(origin == null ? cause.asTrace() : origin, cause.asTrace()));
    }

    /** The message itself, or one around the payload; the message that is being handled is its cause. */
    static EventMessage toStore(Object event, Clock clock) {
        EventMessage message = event instanceof EventMessage given ? given : of(event, clock);
        return CurrentMessage.get().map(message::causedByDefault).orElse(message);
    }

    /** Fills in what the sender left open. */
    private EventMessage causedByDefault(EventMessage cause) {
        EventMessage caused = causedBy(cause);
        return with(envelope.withTraces(
                envelope.correlation == null ? caused.correlation() : envelope.correlation,
                envelope.causation == null ? caused.causation() : envelope.causation));
    }

    private EventMessage with(Envelope changed) {
        return changed.equals(envelope) ? this : new EventMessage(changed, ownHeaders, payload);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof EventMessage that
                && envelope.equals(that.envelope)
                && ownHeaders.equals(that.ownHeaders)
                && payload.equals(that.payload);
    }

    @Override
    public int hashCode() {
        return envelope.hashCode();
    }

    /** Leaves the payload out, which may hold what does not belong in a log. */
    @Override
    public String toString() {
        return "EventMessage[" + type() + " " + id() + "]";
    }

    /** The standard headers. */
    record Envelope(
            String id,
            String type,
            int schemaVersion,
            Instant createdAt,
            @Nullable String intent,
            @Nullable MessageTrace correlation,
            @Nullable MessageTrace causation) {

        /** Milliseconds, as the other programs that share the table write and read them. */
        static Envelope create(EventName name, Clock clock) {
            Instant now = clock.instant();
            return new Envelope(
                    MessageId.at(now),
                    name.type(),
                    name.version(),
                    now.truncatedTo(ChronoUnit.MILLIS),
                    EVENT_INTENT,
                    null,
                    null);
        }

        Envelope withId(String changed) {
            return new Envelope(changed, type, schemaVersion, createdAt, intent, correlation, causation);
        }

        Envelope withCreatedAt(Instant changed) {
            return new Envelope(id, type, schemaVersion, changed, intent, correlation, causation);
        }

        Envelope withIntent(String changed) {
            return new Envelope(id, type, schemaVersion, createdAt, changed, correlation, causation);
        }

        Envelope withTraces(@Nullable MessageTrace newCorrelation, @Nullable MessageTrace newCausation) {
            return new Envelope(id, type, schemaVersion, createdAt, intent, newCorrelation, newCausation);
        }

        Map<String, Object> withOwn(Map<String, Object> own) {
            Map<String, Object> headers = new LinkedHashMap<>();
            headers.put("id", id);
            headers.put("type", type);
            headers.put("schemaVersion", schemaVersion);
            headers.put("createdAt", HeaderTime.format(createdAt));
            putIfKnown(headers, "intent", intent);
            putIfKnown(headers, "correlation", asMap(correlation));
            putIfKnown(headers, "causation", asMap(causation));
            headers.putAll(own);
            return headers;
        }

        private static void putIfKnown(Map<String, Object> headers, String name, @Nullable Object value) {
            if (value != null) {
                headers.put(name, value);
            }
        }

        private static @Nullable Map<String, Object> asMap(@Nullable MessageTrace trace) {
            if (trace == null) {
                return null;
            }
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("id", trace.id());
            map.put("type", trace.type());
            return Collections.unmodifiableMap(map);
        }
    }
}
