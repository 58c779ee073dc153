package io.hexai.jpa.event;

import io.hexai.jpa.HexaiJpaException;

/** Thrown before anything is stored, if the class of an event is not among the store's {@link EventTypes}. */
public final class UnregisteredEventException extends HexaiJpaException {

    private static final long serialVersionUID = 1L;

    private final Class<?> eventClass;

    UnregisteredEventException(Class<?> eventClass) {
        super(
                eventClass.getName()
                        + " is not registered with the event store, which could store it but not read it back."
                        + " Annotate it with @EventType and add it to the EventTypes given to EventStore.builder(…).types(…).",
                null);
        this.eventClass = eventClass;
    }

    /**
     * Returns the class.
     *
     * @return the class of the refused payload
     */
    public Class<?> eventClass() {
        return eventClass;
    }
}
