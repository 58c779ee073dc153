package io.hexai.jpa.subscription;

import io.hexai.jpa.event.StoredEvent;

/** Ends a partition's work at an event that cannot be handled; never leaves the package. */
final class PoisonedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient StoredEvent event;
    private final int attempts;

    PoisonedException(StoredEvent event, int attempts, Throwable cause) {
        super(event + " failed " + attempts + " time(s)", cause);
        this.event = event;
        this.attempts = attempts;
    }

    StoredEvent event() {
        return event;
    }

    int attempts() {
        return attempts;
    }
}
