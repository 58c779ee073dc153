package io.hexai.jpa.event;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Which events to read, by their types and by the categories of their streams; the database selects them. Immutable. */
public final class EventFilter {

    private static final EventFilter ALL = new EventFilter(List.of(), List.of(), StreamPartition.ALL);

    private final List<String> types;
    private final List<String> categories;
    private final StreamPartition partition;

    private EventFilter(List<String> types, List<String> categories, StreamPartition partition) {
        this.types = types;
        this.categories = categories;
        this.partition = partition;
    }

    /**
     * Selects every event.
     *
     * @return the filter
     */
    public static EventFilter all() {
        return ALL;
    }

    /**
     * Selects events of some types.
     *
     * @param types classes annotated with {@link EventType}
     * @return the filter
     * @throws IllegalArgumentException if none is given, or one is not annotated
     */
    public static EventFilter types(Class<?>... types) {
        return ALL.withTypes(Arrays.stream(types).map(type -> EventName.of(type).type()));
    }

    /**
     * Selects events of some types, by their names.
     *
     * @param types as in {@link EventType}
     * @return the filter
     * @throws IllegalArgumentException if none is given
     */
    public static EventFilter typeNames(String... types) {
        return ALL.withTypes(Arrays.stream(types));
    }

    /**
     * Selects events that were appended to streams of some categories.
     *
     * @param categories as in {@link StreamId#category()}
     * @return the filter
     * @throws IllegalArgumentException if none is given
     */
    public static EventFilter categories(String... categories) {
        return ALL.withCategories(categories);
    }

    /**
     * Returns this filter, restricted to streams of some categories.
     *
     * @param only as in {@link StreamId#category()}
     * @return the filter; events must satisfy both
     * @throws IllegalArgumentException if none is given
     */
    public EventFilter withCategories(String... only) {
        return new EventFilter(types, distinct("category", Arrays.stream(only)), partition);
    }

    /**
     * Returns this filter, restricted to one of several parts into which streams are divided, evenly and always the same
     * way. Events that are in no stream are in part 0.
     *
     * @param partition which part, from 0
     * @param partitions how many parts there are
     * @return the filter; the parts' events are together those of this filter
     * @throws IllegalArgumentException if there is no such part
     */
    public EventFilter withPartition(int partition, int partitions) {
        return new EventFilter(types, categories, new StreamPartition(partition, partitions));
    }

    private EventFilter withTypes(Stream<String> only) {
        return new EventFilter(distinct("event type", only), categories, partition);
    }

    private static List<String> distinct(String what, Stream<String> names) {
        List<String> distinct = List.copyOf(names.collect(TreeSet::new, Set::add, Set::addAll));
        if (distinct.isEmpty()) {
            throw new IllegalArgumentException(
                    "A filter without any " + what + " would select nothing; use EventFilter.all().");
        }
        return distinct;
    }

    /**
     * Tells whether an event passes.
     *
     * @param event a stored event
     * @return true if it is selected
     */
    public boolean matches(StoredEvent event) {
        StreamId stream = event.streamId();
        return (types.isEmpty() || types.contains(event.type()))
                && (categories.isEmpty() || stream != null && categories.contains(stream.category()))
                && partition.contains(stream);
    }

    List<String> selectedTypes() {
        return types;
    }

    List<String> selectedCategories() {
        return categories;
    }

    StreamPartition selectedPartition() {
        return partition;
    }

    /** Whether no type and no category is selected. */
    boolean isAll() {
        return types.isEmpty() && categories.isEmpty();
    }
}
