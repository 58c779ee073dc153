package io.hexai.jpa.transaction;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The end of the time that all attempts of a scope have together. */
record Deadline(Clock clock, Duration timeout, Instant end) {

    static @Nullable Deadline in(@Nullable Duration timeout, Clock clock) {
        return timeout == null
                ? null
                : new Deadline(clock, timeout, clock.instant().plus(timeout));
    }

    Duration left() {
        return Duration.between(clock.instant(), end);
    }

    /** Rounded up, and at least 1, since to JDBC zero means "no limit". */
    int secondsLeft() {
        return (int) Math.min(
                Integer.MAX_VALUE / 1_000, Math.max(1, left().plusMillis(999).toSeconds()));
    }

    boolean isOver() {
        return left().isNegative() || left().isZero();
    }
}
