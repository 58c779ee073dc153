package io.hexai.jpa.transaction;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.event.service.spi.EventListenerGroup;
import org.hibernate.event.spi.EventType;

/** Appends a listener to a finished factory once, however many units of work are made over it. */
final class OncePerFactory {

    private OncePerFactory() {}

    /** Returns the listener that an earlier unit of work has appended, or appends a new one. */
    static <L, T extends L> T listener(
            SessionFactoryImplementor factory, EventType<L> event, Class<T> type, Supplier<T> create) {
        EventListenerGroup<L> group = factory.getEventListenerRegistry().getEventListenerGroup(event);
        synchronized (group) {
            List<T> present = new ArrayList<>(1);
            group.fireEventOnEachListener(present, (listener, found) -> {
                if (type.isInstance(listener)) {
                    found.add(type.cast(listener));
                }
            });
            if (present.isEmpty()) {
                T created = create.get();
                group.appendListener(created);
                return created;
            }
            return present.get(0);
        }
    }
}
