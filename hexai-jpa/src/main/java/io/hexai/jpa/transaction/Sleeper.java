package io.hexai.jpa.transaction;

import java.time.Duration;

/** Waits between attempts. Implement this to keep a test from really waiting. */
@FunctionalInterface
public interface Sleeper {

    /**
     * Waits.
     *
     * @param duration how long; may be zero
     * @throws InterruptedException if the thread is interrupted meanwhile; the last failure of the work is then thrown
     */
    void sleep(Duration duration) throws InterruptedException;
}
