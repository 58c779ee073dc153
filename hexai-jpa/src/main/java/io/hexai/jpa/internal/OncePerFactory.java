package io.hexai.jpa.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.event.service.spi.EventListenerGroup;
import org.hibernate.event.spi.EventType;

/** Appends a listener to a finished factory once, however many objects of the library are made over it. */
public final class OncePerFactory {

    private OncePerFactory() {}

    /**
     * Returns the listener that an earlier call has appended, or appends a new one.
     *
     * @param factory the factory
     * @param event the kind of event it listens to
     * @param type the listener's class
     * @param create makes one
     * @param <L> what listens to such events
     * @param <T> the listener
     * @return the factory's only listener of this class
     */
    public static <L, T extends L> T listener(
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
