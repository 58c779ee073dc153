package io.hexai.jpa.event;

import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/** How events look as JSON. Thread-safe. */
final class EventJson {

    private static final JsonMapper HEADERS = EventMapper.builder().build();
    private static final ObjectReader HEADERS_READER = HEADERS.readerFor(new TypeReference<Map<String, Object>>() {});

    private final JsonMapper mapper;
    private final EventTypes types;
    private final Map<String, ObjectReader> readers = new HashMap<>();

    EventJson(JsonMapper mapper, EventTypes types) {
        this.mapper = mapper;
        this.types = types;
        types.byName().forEach((name, type) -> readers.put(name, mapper.readerFor(type)));
    }

    EventTypes types() {
        return types;
    }

    EncodedEvent encode(EventMessage message) {
        Object payload = message.payload();
        if (!(payload instanceof JsonNode) && types.classOf(message.type()) != payload.getClass()) {
            throw new UnregisteredEventException(payload.getClass());
        }
        try {
            return new EncodedEvent(
                    message,
                    JsonText.storable(message, "headers", HEADERS.writeValueAsString(message.headers())),
                    JsonText.storable(message, "payload", mapper.writeValueAsString(payload)));
        } catch (JacksonException e) {
            throw new UnstorableEventException(message, "it cannot be written as JSON.", null, e);
        }
    }

    StoredEvent decode(EventRow row) {
        Map<String, Object> headers = HEADERS_READER.readValue(row.headers());
        String type = row.type();
        int version = headers.get("schemaVersion") instanceof Number number ? number.intValue() : 1;
        Object payload;
        RuntimeException unreadable = null;
        try {
            payload = readPayload(type, version, row.payload());
        } catch (RuntimeException e) {
            payload = mapper.readTree(row.payload());
            unreadable = e;
        }
        EventMessage message = message(row, headers, version, payload);
        StreamId stream = row.streamId() == null ? null : StreamId.parse(row.streamId());
        return new StoredEvent(row.position(), message, stream, row.streamVersion(), unreadable);
    }

    /** Newer versions than the class knows are tried as they are, since additions do no harm. */
    private Object readPayload(String type, int version, String json) {
        ObjectReader reader = readers.get(type);
        if (reader == null) {
            return mapper.readTree(json);
        }
        Object payload = types.mustUpcast(type, version)
                ? reader.readValue(types.upcast(type, version, mapper.readTree(json)))
                : reader.readValue(json);
        if (payload == null) {
            throw new IllegalArgumentException("JSON null is no event.");
        }
        return payload;
    }

    private static EventMessage message(EventRow row, Map<String, Object> headers, int version, Object payload) {
        EventMessage.Envelope envelope = new EventMessage.Envelope(
                headers.get("id") instanceof String id ? id : "",
                row.type(),
                version,
                createdAt(row, headers.get("createdAt")),
                headers.get("intent") instanceof String intent ? intent : null,
                trace(headers.get("correlation")),
                trace(headers.get("causation")));
        return new EventMessage(envelope, own(headers), payload);
    }

    /** What another program wrote in its own way is no reason not to read the event. */
    private static Instant createdAt(EventRow row, @Nullable Object header) {
        Instant createdAt = HeaderTime.parse(header);
        return createdAt != null ? createdAt : row.storedAt() != null ? row.storedAt() : Instant.EPOCH;
    }

    private static Map<String, Object> own(Map<String, Object> headers) {
        Map<String, Object> own = Map.of();
        for (Map.Entry<String, Object> header : headers.entrySet()) {
            if (!EventMessage.RESERVED_HEADERS.contains(header.getKey())) {
                own = own.isEmpty() ? new LinkedHashMap<>() : own;
                own.put(header.getKey(), header.getValue());
            }
        }
        return Collections.unmodifiableMap(own);
    }

    private static @Nullable MessageTrace trace(@Nullable Object header) {
        return header instanceof Map<?, ?> map
                        && map.get("id") instanceof String id
                        && map.get("type") instanceof String type
                ? new MessageTrace(id, type)
                : null;
    }
}
