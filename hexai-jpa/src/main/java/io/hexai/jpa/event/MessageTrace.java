package io.hexai.jpa.event;

import java.util.Objects;

/**
 * Points at a message, as the headers {@code causation} and {@code correlation} do. Immutable.
 *
 * @param id the message's id
 * @param type the message's type
 */
public record MessageTrace(String id, String type) {

    /**
     * Creates the trace.
     *
     * @param id the message's id
     * @param type the message's type
     */
    public MessageTrace {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(type, "type");
    }
}
