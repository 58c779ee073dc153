package io.hexai.jpa.event;

import io.hexai.jpa.HexaiJpaException;
import org.jspecify.annotations.Nullable;

/** Thrown before anything is stored, if an event cannot be written as JSON that PostgreSQL accepts. */
public final class UnstorableEventException extends HexaiJpaException {

    private static final long serialVersionUID = 1L;

    private final String type;
    private final String messageId;
    private final @Nullable String path;

    UnstorableEventException(EventMessage message, String problem, @Nullable String path, @Nullable Throwable cause) {
        super(
                "The event of type '" + message.type() + "' with id " + message.id() + " cannot be stored: " + problem,
                cause);
        this.type = message.type();
        this.messageId = message.id();
        this.path = path;
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

    /**
     * Returns where in the message the text is that PostgreSQL cannot store.
     *
     * @return {@code payload} or {@code headers} with a JSON pointer behind it, such as {@code payload/customer/name}, or null if
     *     the message cannot be written as JSON at all
     */
    public @Nullable String path() {
        return path;
    }
}
