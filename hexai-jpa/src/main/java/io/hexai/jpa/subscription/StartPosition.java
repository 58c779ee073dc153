package io.hexai.jpa.subscription;

import io.hexai.jpa.event.DatabaseEventStore;
import org.jspecify.annotations.Nullable;

/** Where a subscription begins that has no checkpoint yet. Immutable. */
public final class StartPosition {

    private static final StartPosition BEGINNING = new StartPosition(0L);
    private static final StartPosition END = new StartPosition(null);

    private final @Nullable Long position;

    private StartPosition(@Nullable Long position) {
        this.position = position;
    }

    /**
     * Before the first event: all there is, and what comes.
     *
     * @return the start position
     */
    public static StartPosition beginning() {
        return BEGINNING;
    }

    /**
     * After the last event that readers may see when the subscription is started for the first time: what comes.
     *
     * @return the start position
     */
    public static StartPosition end() {
        return END;
    }

    /**
     * After a position.
     *
     * @param position 0 or greater; the first event handled has a greater one
     * @return the start position
     * @throws IllegalArgumentException if it is negative
     */
    public static StartPosition after(long position) {
        if (position < 0) {
            throw new IllegalArgumentException(
                    "A subscription starts after position 0 or a greater one, but " + position + " was given.");
        }
        return new StartPosition(position);
    }

    long in(DatabaseEventStore store) {
        return position == null ? store.lastPosition() : position;
    }

    @Override
    public String toString() {
        return position == null ? "end" : position == 0 ? "beginning" : "after " + position;
    }
}
