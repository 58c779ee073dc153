package io.hexai.jpa.event;

import jakarta.persistence.OptimisticLockException;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Thrown by an append if its stream is not at the expected version. It is the optimistic lock failure of a stream, and a
 * retry policy of the unit of work treats it as such: the work runs again and reads the stream anew.
 *
 * <p>The append has stored nothing, and the transaction may go on.
 */
public final class VersionConflictException extends OptimisticLockException {

    private static final long serialVersionUID = 1L;

    private final transient StreamId streamId;
    private final transient ExpectedVersion expected;
    private final @Nullable Long actual;

    /**
     * Creates the exception, for other implementations of {@link EventStore}.
     *
     * @param streamId the stream
     * @param expected what the append expected
     * @param actual the version that the stream has; null if the transaction cannot see it
     * @param cause the database's failure, if it was the database that found out
     */
    public VersionConflictException(
            StreamId streamId, ExpectedVersion expected, @Nullable Long actual, @Nullable Throwable cause) {
        super(
                "Stream " + streamId + " was expected at " + expected + ", but "
                        + (actual == null
                                ? "another transaction appended to it, which this one cannot see yet."
                                : actual == 0 ? "has no event." : "is at version " + actual + ".")
                        + " Read the stream again and decide anew, or give the unit of work a RetryPolicy.",
                cause);
        this.streamId = streamId;
        this.expected = expected;
        this.actual = actual;
    }

    /**
     * Returns the stream.
     *
     * @return its id
     */
    public StreamId streamId() {
        return streamId;
    }

    /**
     * Returns what the append expected.
     *
     * @return the expectation
     */
    public ExpectedVersion expected() {
        return expected;
    }

    /**
     * Returns the version that the stream has.
     *
     * @return 0 if it has no event; empty if the transaction's snapshot is older than the event that was in the way
     */
    public OptionalLong actual() {
        return actual == null ? OptionalLong.empty() : OptionalLong.of(actual);
    }
}
