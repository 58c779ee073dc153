package io.hexai.jpa.transaction;

import java.time.Duration;

/**
 * An attempt that failed and will be repeated. Immutable.
 *
 * @param attempt the number of the attempt that failed, from 1
 * @param failure what it threw
 * @param delay how long the next attempt is held back
 */
public record RetryEvent(int attempt, Throwable failure, Duration delay) {}
