package io.hexai.jpa.test.assertj;

import io.hexai.jpa.event.EventPage;
import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.StoredEvent;
import java.util.List;
import java.util.stream.Stream;

/**
 * Entry to the assertions about events. Import it statically; it goes well with AssertJ's own {@code assertThat}:
 *
 * <pre>{@code
 * assertThat(store).containsExactlyPayloads(new OrderPlaced("o-1"), new OrderPaid("o-1"));
 * assertThat(store).inStream(StreamId.of("order", "o-1")).hasVersions(1, 2);
 * }</pre>
 */
public final class HexaiAssertions {

    private static final int BATCH = 1_000;

    private HexaiAssertions() {}

    /**
     * Asserts about all events of a store that a reader may see now; inside a unit of work also about those that it has
     * appended. They are read once, by this call.
     *
     * @param store the store
     * @return assertions about its events, by position
     */
    public static EventsAssert assertThat(EventStore store) {
        try (Stream<StoredEvent> events = store.stream(0, BATCH)) {
            return EventsAssert.of(events.toList(), "events in the store");
        }
    }

    /**
     * Asserts about the events of a page.
     *
     * @param page what a fetch returned
     * @return assertions about its events, by position
     */
    public static EventsAssert assertThat(EventPage page) {
        return EventsAssert.of(
                page.events(), "events of the page before " + page.nextPosition() + " of " + page.lastPosition());
    }

    /**
     * Asserts about events, such as those that were read of a stream or that a call has stored.
     *
     * @param events the events
     * @return assertions about them, in the order of the list
     */
    public static EventsAssert assertThat(List<StoredEvent> events) {
        return EventsAssert.of(events, "events");
    }

    /**
     * Asserts about one event.
     *
     * @param event the event
     * @return assertions about it
     */
    public static StoredEventAssert assertThat(StoredEvent event) {
        return new StoredEventAssert(event);
    }
}
