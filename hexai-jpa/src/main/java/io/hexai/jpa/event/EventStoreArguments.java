package io.hexai.jpa.event;

/**
 * Refuses arguments that no store takes, in the same words everywhere: for other implementations of {@link EventStore}. Users
 * of a store need it not. Thread-safe.
 */
public final class EventStoreArguments {

    private EventStoreArguments() {}

    /**
     * Refuses a position that no store can be read from.
     *
     * @param after what a method of {@link EventStore} was given
     * @throws IllegalArgumentException if it is negative
     */
    public static void requirePosition(long after) {
        if (after < 0) {
            throw new IllegalArgumentException(
                    "Positions are 0, for the beginning, or greater, but " + after + " was given.");
        }
    }

    /**
     * Refuses to read no events at a time.
     *
     * @param name of the argument, for the message
     * @param size what a method of {@link EventStore} was given
     * @throws IllegalArgumentException if it is not positive
     */
    public static void requirePositive(String name, int size) {
        if (size <= 0) {
            throw new IllegalArgumentException("The " + name + " must be at least 1, but is " + size + ".");
        }
    }

    /**
     * Refuses a version that no stream can be read from.
     *
     * @param fromVersion what a method of {@link EventStore} was given
     * @throws IllegalArgumentException if it is negative
     */
    public static void requireVersion(long fromVersion) {
        if (fromVersion < 0) {
            throw new IllegalArgumentException(
                    "A stream is read from version 0 or greater, but " + fromVersion + " was asked.");
        }
    }
}
