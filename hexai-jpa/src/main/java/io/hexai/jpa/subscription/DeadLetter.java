package io.hexai.jpa.subscription;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An event that a subscription has parked. Immutable.
 *
 * @param position the event's position in the store
 * @param eventType the event's type
 * @param streamId the stream that it was appended to, or null
 * @param attempts how often it was tried; 0 for one that was parked because of an earlier one of its stream
 * @param failure the last failure with its causes, without their stack traces; null if it was not tried
 * @param parkedAt when it was parked
 */
public record DeadLetter(
        long position,
        String eventType,
        @Nullable String streamId,
        int attempts,
        @Nullable String failure,
        Instant parkedAt) {}
