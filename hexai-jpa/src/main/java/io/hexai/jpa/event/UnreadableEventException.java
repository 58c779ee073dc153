package io.hexai.jpa.event;

import io.hexai.jpa.HexaiJpaException;

/** Thrown when the payload of one stored event is asked for, and its JSON does not fit the class registered for its type. */
public final class UnreadableEventException extends HexaiJpaException {

    private static final long serialVersionUID = 1L;

    private final long position;
    private final String type;
    private final int schemaVersion;

    UnreadableEventException(long position, EventMessage message, Throwable cause) {
        super(
                "The event at position " + position + ", of type '" + message.type() + "' and schema version "
                        + message.schemaVersion()
                        + ", does not fit the class registered for its type. Add an upcaster from"
                        + " that version, or read message().payload(), which is the stored JSON.",
                cause);
        this.position = position;
        this.type = message.type();
        this.schemaVersion = message.schemaVersion();
    }

    /**
     * Returns where the event is.
     *
     * @return its position
     */
    public long position() {
        return position;
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
     * Returns the version of the payload's shape when it was stored.
     *
     * @return 1 or greater
     */
    public int schemaVersion() {
        return schemaVersion;
    }
}
