package io.hexai.jpa.event;

import tools.jackson.databind.JsonNode;

/**
 * Lifts the JSON of an event's payload from one schema version to the next. Implement this, usually as a lambda, for
 * {@link EventTypes#withUpcaster(Class, int, Upcaster)}. Must be thread-safe.
 */
@FunctionalInterface
public interface Upcaster {

    /**
     * Lifts a payload by one version.
     *
     * @param payload as stored, or as the upcaster of the version before left it; may be changed in place
     * @return the payload in the next version's shape
     */
    JsonNode upcast(JsonNode payload);
}
