package io.hexai.jpa.subscription;

import io.hexai.jpa.event.EventFilter;
import io.hexai.jpa.event.EventTypes;
import io.hexai.jpa.event.StoredEvent;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The handlers of a subscription by the classes of events: at most one for each, and one for all. Immutable. */
final class Handlers {

    private final Map<Class<?>, EventHandler<Object>> byClass;
    private final @Nullable EventHandler<Object> any;

    Handlers(Map<Class<?>, EventHandler<Object>> byClass, @Nullable EventHandler<Object> any) {
        this.byClass = Map.copyOf(byClass);
        this.any = any;
    }

    /** Finds the registered classes that each handler is for. */
    static Map<Class<?>, EventHandler<Object>> assigned(
            String subscription, EventTypes types, Map<Class<?>, EventHandler<Object>> declared) {
        Map<Class<?>, EventHandler<Object>> byClass = new LinkedHashMap<>();
        Map<Class<?>, Class<?>> declaredFor = new LinkedHashMap<>();
        declared.forEach((asked, handler) -> {
            boolean found = false;
            for (Class<?> registered : types.classes()) {
                if (asked.isAssignableFrom(registered)) {
                    found = true;
                    byClass.put(registered, handler);
                    Class<?> other = declaredFor.put(registered, asked);
                    if (other != null) {
                        throw new IllegalArgumentException("Subscription '" + subscription + "' has two handlers for "
                                + registered.getName() + ": on(" + other.getSimpleName() + ") and on("
                                + asked.getSimpleName() + "). Which of them should run would be anybody's guess.");
                    }
                }
            }
            if (!found) {
                throw new IllegalArgumentException(
                        "Subscription '" + subscription + "' has a handler for " + asked.getName()
                                + ", but neither it nor a class below it is registered in the store's EventTypes.");
            }
        });
        return byClass;
    }

    /** What the database has to return; it passes over the rest. */
    EventFilter filter() {
        return any != null
                ? EventFilter.all()
                : EventFilter.types(byClass.keySet().toArray(Class<?>[]::new));
    }

    void handle(StoredEvent event) throws Exception {
        Object payload = event.payload();
        EventHandler<Object> handler = byClass.get(payload.getClass());
        if (handler != null) {
            handler.handle(payload, event);
        }
        if (any != null) {
            any.handle(payload, event);
        }
    }
}
