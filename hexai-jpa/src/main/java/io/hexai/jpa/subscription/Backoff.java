package io.hexai.jpa.subscription;

import java.time.Duration;

/** Delays that double. Not thread-safe. */
final class Backoff {

    private final Duration first;
    private final Duration max;
    private int failures;

    Backoff(Duration first, Duration max) {
        this.first = first;
        this.max = max;
    }

    Duration next() {
        Duration delay = first.multipliedBy(1L << Math.min(failures, 30));
        failures++;
        return delay.compareTo(max) > 0 ? max : delay;
    }

    void reset() {
        failures = 0;
    }
}
