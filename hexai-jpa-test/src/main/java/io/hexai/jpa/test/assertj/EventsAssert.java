package io.hexai.jpa.test.assertj;

import io.hexai.jpa.event.EventFilter;
import io.hexai.jpa.event.EventType;
import io.hexai.jpa.event.StoredEvent;
import io.hexai.jpa.event.StreamId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractListAssert;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ListAssert;
import org.jspecify.annotations.Nullable;

/**
 * Assertions about events in their order, besides all that AssertJ has for lists. What is compared are payloads, types and
 * versions; ids, times and positions, which differ from run to run, only if asked for. A failure shows every event with its payload.
 *
 * <p>Confined to its thread.
 */
@SuppressWarnings("exports") // AssertJ is optional, and whoever calls this requires it
public final class EventsAssert
        extends AbstractListAssert<EventsAssert, List<? extends StoredEvent>, StoredEvent, StoredEventAssert> {

    private EventsAssert(List<? extends StoredEvent> events) {
        super(events, EventsAssert.class);
        info.useRepresentation(EventText.INSTANCE);
    }

    static EventsAssert of(List<? extends StoredEvent> events, String description) {
        return new EventsAssert(events).as("%s", description);
    }

    /**
     * Keeps the events after a position, such as {@link io.hexai.jpa.event.EventStore#lastPosition()} of before.
     *
     * @param position the last position not to be kept
     * @return assertions about those events
     */
    public EventsAssert after(long position) {
        return keeping(event -> event.position() > position, "after position " + position);
    }

    /**
     * Keeps the events that were appended to a stream.
     *
     * @param stream the stream
     * @return assertions about those events
     */
    public EventsAssert inStream(StreamId stream) {
        return keeping(event -> stream.equals(event.streamId()), "in stream " + stream);
    }

    /**
     * Keeps the events of some types.
     *
     * @param types classes annotated with {@link EventType}
     * @return assertions about those events
     * @throws IllegalArgumentException if none is given, or one is not annotated
     */
    public EventsAssert ofTypes(Class<?>... types) {
        EventFilter filter = EventFilter.types(types);
        return keeping(
                filter::matches,
                "of " + (types.length == 1 ? "type " : "types ")
                        + String.join(
                                " or ",
                                Arrays.stream(types).map(EventText::typeOf).toList()));
    }

    private EventsAssert keeping(Predicate<StoredEvent> condition, String description) {
        return filteredOn(condition).as("%s %s", descriptionText(), description);
    }

    /**
     * Fails unless the events have these payloads, no more and no fewer, in this order.
     *
     * @param expected the payloads
     * @return this
     */
    public EventsAssert containsExactlyPayloads(Object... expected) {
        return containsExactly("payloads", EventText::payloadOf, EventText::ofPayload, List.of(expected));
    }

    /**
     * Fails unless the events have these types, no more and no fewer, in this order.
     *
     * @param expected classes annotated with {@link EventType}
     * @return this
     * @throws IllegalArgumentException if one is not annotated
     */
    public EventsAssert containsExactlyTypes(Class<?>... expected) {
        return containsExactly(
                "types",
                StoredEvent::type,
                String::valueOf,
                Stream.of(expected).map(EventText::typeOf).toList());
    }

    /**
     * Fails unless the events have these versions in their streams, in this order.
     *
     * @param expected the versions; a stream's first event has version 1
     * @return this
     */
    public EventsAssert hasVersions(long... expected) {
        return containsExactly(
                "versions",
                StoredEvent::streamVersion,
                String::valueOf,
                Arrays.stream(expected).boxed().toList());
    }

    private EventsAssert containsExactly(
            String what,
            Function<StoredEvent, @Nullable Object> property,
            Function<@Nullable Object, String> text,
            List<?> expected) {
        isNotNull();
        List<@Nullable Object> found = new ArrayList<>();
        actual.forEach(event -> found.add(property.apply(event)));
        if (!found.equals(expected)) {
            int difference = 0;
            while (difference < Math.min(found.size(), expected.size())
                    && Objects.equals(found.get(difference), expected.get(difference))) {
                difference++;
            }
            throw failureWithActualExpected(
                    lines(found, text),
                    lines(expected, text),
                    "%nExpecting exactly these %s, in this order:%n%s%nbut at number %s there was %s instead of %s, in:%n%s",
                    what,
                    lines(expected, text),
                    difference + 1,
                    at(difference, found, text),
                    at(difference, expected, text),
                    lines(actual, EventText::of));
        }
        return this;
    }

    private static String at(int index, List<?> list, Function<@Nullable Object, String> text) {
        return index < list.size() ? text.apply(list.get(index)) : "none";
    }

    private static <E> String lines(List<? extends E> list, Function<? super E, String> text) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < list.size(); i++) {
            lines.append(i == 0 ? "  " : "\n  ").append(i + 1).append(". ").append(text.apply(list.get(i)));
        }
        return lines.isEmpty() ? "  (none)" : lines.toString();
    }

    /**
     * Fails if there are any events.
     */
    @Override
    public void isEmpty() {
        isNotNull();
        if (!actual.isEmpty()) {
            throw failure("%nExpecting none, but there were:%n%s", lines(actual, EventText::of));
        }
    }

    /**
     * Turns to the payloads, to compare them without some of their fields for instance:
     * {@code payloads().usingRecursiveFieldByFieldElementComparatorIgnoringFields("at")}.
     *
     * @return assertions about the payloads in their order; JSON where an event's type is not registered or does not fit its class
     */
    public ListAssert<Object> payloads() {
        isNotNull();
        return Assertions.assertThat(actual.stream().map(EventText::payloadOf).toList())
                .as("payloads of the %s", descriptionText());
    }

    /**
     * Turns to the payloads of one type, leaving out other events.
     *
     * @param type the class
     * @param <T> the type
     * @return assertions about the payloads in their order
     */
    public <T> ListAssert<T> payloads(Class<T> type) {
        isNotNull();
        return Assertions.assertThat(actual.stream()
                        .map(EventText::payloadOf)
                        .filter(type::isInstance)
                        .map(type::cast)
                        .toList())
                .as("payloads of the %s", descriptionText());
    }

    @Override
    protected StoredEventAssert toAssert(StoredEvent event, String description) {
        return new StoredEventAssert(event).as("%s", description);
    }

    @Override
    protected EventsAssert newAbstractIterableAssert(Iterable<? extends StoredEvent> events) {
        List<StoredEvent> list = new ArrayList<>();
        events.forEach(list::add);
        return new EventsAssert(list);
    }
}
