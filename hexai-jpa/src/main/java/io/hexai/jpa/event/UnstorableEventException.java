package io.hexai.jpa.event;

import io.hexai.jpa.HexaiJpaException;
import org.jspecify.annotations.Nullable;

/** Thrown before anything is stored, if an event cannot be written as JSON that PostgreSQL accepts. */
public final class UnstorableEventException extends HexaiJpaException {

    private static final long serialVersionUID = 1L;

    private final String type;
    private final String messageId;

    UnstorableEventException(EventMessage message, String problem, @Nullable Throwable cause) {
        super(
                "The event of type '" + message.type() + "' with id " + message.id() + " cannot be stored: " + problem,
                cause);
        this.type = message.type();
        this.messageId = message.id();
    }

    /**
     * Returns the event's type.
     *
     * @return as in {@link EventType}
     */
    public String type() {
        return type;
    }

    /**
     * Returns the event's id.
     *
     * @return the id of its message
     */
    public String messageId() {
        return messageId;
    }
}
