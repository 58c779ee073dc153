package io.hexai.jpa.event;

import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The event classes that a store knows by their {@link EventType} names. What is stored under another name is still
 * readable, as JSON. Immutable.
 */
public final class EventTypes {

    private final Map<String, Class<?>> classes;
    private final Map<String, NavigableMap<Integer, Upcaster>> upcasters;

    private EventTypes(Map<String, Class<?>> classes, Map<String, NavigableMap<Integer, Upcaster>> upcasters) {
        this.classes = classes;
        this.upcasters = upcasters;
    }

    /**
     * Registers event classes.
     *
     * @param types each annotated with {@link EventType}
     * @return the types
     * @throws IllegalArgumentException if a class is not annotated, or two share a name
     */
    public static EventTypes of(Class<?>... types) {
        return of(List.of(types));
    }

    /**
     * Registers all concrete classes of a sealed hierarchy.
     *
     * @param root a sealed interface or class
     * @return the types
     * @throws IllegalArgumentException if the root is not sealed, or a concrete class below it is not annotated
     */
    public static EventTypes ofSealed(Class<?> root) {
        if (!root.isSealed()) {
            throw new IllegalArgumentException(root.getName()
                    + " is not sealed, so its subtypes cannot be found; name them with EventTypes.of(…).");
        }
        List<Class<?>> found = new ArrayList<>();
        collectConcrete(root, found);
        return of(found);
    }

    private static EventTypes of(List<Class<?>> types) {
        Map<String, Class<?>> classes = new LinkedHashMap<>();
        for (Class<?> type : types) {
            put(classes, EventName.of(type).type(), type);
        }
        return new EventTypes(classes, Map.of());
    }

    private static void collectConcrete(Class<?> type, List<Class<?>> found) {
        if (!Modifier.isAbstract(type.getModifiers())) {
            found.add(type);
        }
        if (type.isSealed()) {
            for (Class<?> subtype : type.getPermittedSubclasses()) {
                collectConcrete(subtype, found);
            }
        }
    }

    private static void put(Map<String, Class<?>> classes, String name, Class<?> type) {
        Class<?> other = classes.put(name, type);
        if (other != null && other != type) {
            throw new IllegalArgumentException("Both " + other.getName() + " and " + type.getName()
                    + " are events of type '" + name + "'. Give each its own name in @EventType.");
        }
    }

    /**
     * Returns these types together with others.
     *
     * @param others may overlap with these
     * @return all of them
     * @throws IllegalArgumentException if two different classes share a name, or two upcasters a step
     */
    public EventTypes and(EventTypes others) {
        Map<String, Class<?>> all = new LinkedHashMap<>(classes);
        others.classes.forEach((name, type) -> put(all, name, type));
        Map<String, NavigableMap<Integer, Upcaster>> steps = copyOfUpcasters();
        others.upcasters.forEach((name, byVersion) ->
                byVersion.forEach((version, upcaster) -> putUpcaster(steps, name, version, upcaster)));
        return new EventTypes(all, steps);
    }

    /**
     * Returns these types with an upcaster, which is applied on reading to payloads stored with the given version. A step
     * without upcaster leaves the payload as it is: additions with a default need none.
     *
     * @param type a registered class
     * @param fromVersion the version it lifts to the next one
     * @param upcaster lifts the payload
     * @return the types with the upcaster
     * @throws IllegalArgumentException if the class is not registered, the version is not below the class's own, or it has
     *     an upcaster already
     */
    public EventTypes withUpcaster(Class<?> type, int fromVersion, Upcaster upcaster) {
        Objects.requireNonNull(upcaster, "upcaster");
        EventName name = EventName.of(type);
        if (classes.get(name.type()) != type) {
            throw new IllegalArgumentException(type.getName() + " is not registered; add it with EventTypes.of(…).");
        }
        if (fromVersion < 1 || fromVersion >= name.version()) {
            throw new IllegalArgumentException("An upcaster of " + type.getName()
                    + " must start from a version between 1 and " + (name.version() - 1)
                    + ", below the version in its @EventType, but starts from " + fromVersion + ".");
        }
        Map<String, NavigableMap<Integer, Upcaster>> steps = copyOfUpcasters();
        putUpcaster(steps, name.type(), fromVersion, upcaster);
        return new EventTypes(classes, steps);
    }

    private Map<String, NavigableMap<Integer, Upcaster>> copyOfUpcasters() {
        Map<String, NavigableMap<Integer, Upcaster>> copy = new LinkedHashMap<>();
        upcasters.forEach((name, byVersion) -> copy.put(name, new TreeMap<>(byVersion)));
        return copy;
    }

    private static void putUpcaster(
            Map<String, NavigableMap<Integer, Upcaster>> steps, String name, int fromVersion, Upcaster upcaster) {
        Upcaster other = steps.computeIfAbsent(name, key -> new TreeMap<>()).put(fromVersion, upcaster);
        if (other != null && other != upcaster) {
            throw new IllegalArgumentException(
                    "Event type '" + name + "' has an upcaster from version " + fromVersion + " already.");
        }
    }

    /**
     * Returns the registered classes.
     *
     * @return in the order of registration
     */
    public Set<Class<?>> classes() {
        return Collections.unmodifiableSet(new LinkedHashSet<>(classes.values()));
    }

    /**
     * Finds the class of an event type.
     *
     * @param type the name in {@link EventType}
     * @return the class, or empty if the type is not registered
     */
    public Optional<Class<?>> find(String type) {
        return Optional.ofNullable(classes.get(type));
    }

    Map<String, Class<?>> byName() {
        return Collections.unmodifiableMap(classes);
    }

    @Nullable
    Class<?> classOf(String type) {
        return classes.get(type);
    }

    /** Whether a payload of that version has to pass upcasters before it fits its class. */
    boolean mustUpcast(String type, int storedVersion) {
        NavigableMap<Integer, Upcaster> steps = upcasters.get(type);
        return steps != null && steps.ceilingKey(storedVersion) != null;
    }

    JsonNode upcast(String type, int storedVersion, JsonNode payload) {
        JsonNode lifted = payload;
        for (Upcaster step : upcasters
                .getOrDefault(type, new TreeMap<>())
                .tailMap(storedVersion, true)
                .values()) {
            lifted = step.upcast(lifted);
        }
        return lifted;
    }
}
