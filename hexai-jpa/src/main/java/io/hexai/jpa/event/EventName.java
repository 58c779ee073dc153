package io.hexai.jpa.event;

/** What {@link EventType} says of a class. */
record EventName(String type, int version) {

    static EventName of(Class<?> eventClass) {
        EventType annotation = eventClass.getDeclaredAnnotation(EventType.class);
        if (annotation == null) {
            throw new IllegalArgumentException(
                    eventClass.getName() + " is not an event: annotate it with @EventType(\"…\").");
        }
        if (annotation.value().isBlank() || annotation.version() < 1) {
            throw new IllegalArgumentException("@EventType of " + eventClass.getName()
                    + " needs a name that is not blank and a version of at least 1, but has '" + annotation.value()
                    + "' and " + annotation.version() + ".");
        }
        return new EventName(annotation.value(), annotation.version());
    }
}
