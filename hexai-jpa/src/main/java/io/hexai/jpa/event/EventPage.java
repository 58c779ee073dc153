package io.hexai.jpa.event;

import java.util.List;

/**
 * What one {@link EventStore#fetch(long, int)} returned. Immutable.
 *
 * @param events in the order of their positions
 * @param nextPosition what to pass to the next fetch: nothing at or below it will ever appear that was not returned before
 * @param lastPosition the position of the last event that readers may see; its distance to {@code nextPosition} is the lag
 */
public record EventPage(List<StoredEvent> events, long nextPosition, long lastPosition) {

    /**
     * Creates the page.
     *
     * @param events in the order of their positions
     * @param nextPosition what to pass to the next fetch
     * @param lastPosition the position of the last event that readers may see
     */
    public EventPage {
        events = List.copyOf(events);
    }

    /**
     * Tells whether there was nothing more to read when the page was fetched.
     *
     * @return true at the end of the store
     */
    public boolean isLast() {
        return nextPosition >= lastPosition;
    }
}
