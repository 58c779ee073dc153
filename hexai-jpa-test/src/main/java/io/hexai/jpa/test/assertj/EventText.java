package io.hexai.jpa.test.assertj;

import io.hexai.jpa.event.EventType;
import io.hexai.jpa.event.StoredEvent;
import io.hexai.jpa.event.UnreadableEventException;
import org.assertj.core.presentation.StandardRepresentation;
import org.jspecify.annotations.Nullable;

/** How events look in a failure: with their payloads, which their own text leaves out. */
final class EventText extends StandardRepresentation {

    static final EventText INSTANCE = new EventText();

    private EventText() {}

    @Override
    protected String fallbackToStringOf(Object object) {
        return object instanceof StoredEvent event ? of(event) : super.fallbackToStringOf(object);
    }

    static String of(StoredEvent event) {
        return "#" + event.position() + " " + event.type() + " " + ofPayload(payloadOf(event))
                + (isReadable(event) ? "" : " (JSON that does not fit the class)")
                + (event.streamId() == null ? "" : " " + event.streamId() + "@" + event.streamVersion());
    }

    static String ofPayload(@Nullable Object payload) {
        return INSTANCE.toStringOf(payload);
    }

    /** JSON if it cannot be read, so that whoever compares it finds it different and can show it. */
    static Object payloadOf(StoredEvent event) {
        return event.message().payload();
    }

    private static boolean isReadable(StoredEvent event) {
        try {
            event.payload();
            return true;
        } catch (UnreadableEventException e) {
            return false;
        }
    }

    static String typeOf(Class<?> type) {
        EventType annotation = type.getDeclaredAnnotation(EventType.class);
        if (annotation == null) {
            throw new IllegalArgumentException(
                    type.getName() + " is not an event: annotate it with @EventType(\"…\").");
        }
        return annotation.value();
    }
}
