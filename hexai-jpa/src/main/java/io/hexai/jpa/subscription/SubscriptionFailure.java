package io.hexai.jpa.subscription;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Why a subscription stopped, or what it tries again. Immutable.
 *
 * @param at when it failed last
 * @param position of the event whose handling failed; null if it was none's
 * @param eventType the event's type; null if it was none's
 * @param attempts how often the event was tried
 * @param message the failure with its causes, without their stack traces
 * @param isError whether it was an {@link Error}
 */
public record SubscriptionFailure(
        Instant at,
        @Nullable Long position,
        @Nullable String eventType,
        int attempts,
        String message,
        boolean isError) {}
