package io.hexai.jpa.subscription;

import java.time.Duration;

/**
 * What becomes of an event whose handler keeps failing. Immutable; withers return a changed copy.
 *
 * <p>Failures of the event itself count. What other transactions or an outage cause (stale versions, deadlocks, lost
 * connections, an exhausted pool) is repeated until it is over; meanwhile {@link EventSubscription#state()} is
 * {@link SubscriptionStatus#RETRYING} and names the event. Only when it does not end within the {@link #withPatience(Duration)
 * patience} of an hour, although the events can be read, does it count like any other failure.
 */
public final class PoisonPolicy {

    private static final PoisonPolicy STOP =
            new PoisonPolicy(false, false, 5, Duration.ofMillis(100), Duration.ofSeconds(10), Duration.ofHours(1));

    private final boolean parking;
    private final boolean parkingFollowers;
    private final int attempts;
    private final Duration firstDelay;
    private final Duration maxDelay;
    private final Duration patience;

    private PoisonPolicy(
            boolean parking,
            boolean parkingFollowers,
            int attempts,
            Duration firstDelay,
            Duration maxDelay,
            Duration patience) {
        this.parking = parking;
        this.parkingFollowers = parkingFollowers;
        this.attempts = attempts;
        this.firstDelay = firstDelay;
        this.maxDelay = maxDelay;
        this.patience = patience;
    }

    /**
     * Five attempts with delays from 100 milliseconds, doubling to 10 seconds; then the subscription stops before the event,
     * in all processes, until {@link EventSubscription#resume()}.
     *
     * @return the policy
     */
    public static PoisonPolicy stop() {
        return STOP;
    }

    /**
     * Five attempts with delays from 100 milliseconds, doubling to 10 seconds; then the event becomes a {@link DeadLetter},
     * and the subscription goes on after it. Later events of the same stream are handled meanwhile.
     *
     * @return the policy
     */
    public static PoisonPolicy deadLetter() {
        return new PoisonPolicy(true, false, STOP.attempts, STOP.firstDelay, STOP.maxDelay, STOP.patience);
    }

    /**
     * Also parks, unhandled, the later events of a stream that has a dead letter, so that they are never handled before it.
     *
     * @return the changed copy
     * @throws IllegalStateException unless the policy is that of {@link #deadLetter()}
     */
    public PoisonPolicy withFollowersOfStream() {
        if (!parking) {
            throw new IllegalStateException(
                    "A subscription that stops has no events to park; use PoisonPolicy.deadLetter().");
        }
        return new PoisonPolicy(true, true, attempts, firstDelay, maxDelay, patience);
    }

    /**
     * Sets how often an event is tried.
     *
     * @param count the first attempt included, 1 or greater
     * @return the changed copy
     * @throws IllegalArgumentException if it is less than 1
     */
    public PoisonPolicy withAttempts(int count) {
        if (count < 1) {
            throw new IllegalArgumentException(
                    "An event is tried at least once, but " + count + " attempts were asked.");
        }
        return new PoisonPolicy(parking, parkingFollowers, count, firstDelay, maxDelay, patience);
    }

    /**
     * Sets the delays between the attempts.
     *
     * @param first before the second attempt; doubled before each further one
     * @param max of any delay, not less than {@code first}
     * @return the changed copy
     * @throws IllegalArgumentException if one is negative, or {@code max} is less than {@code first}
     */
    public PoisonPolicy withBackoff(Duration first, Duration max) {
        if (first.isNegative() || max.compareTo(first) < 0) {
            throw new IllegalArgumentException(
                    "The back-off must be 0 <= first <= max, but is first=" + first + ", max=" + max + ".");
        }
        return new PoisonPolicy(parking, parkingFollowers, attempts, first, max, patience);
    }

    /**
     * Sets for how long failures are repeated without being counted that are not the event's own and usually pass. An event
     * loses no time while events cannot even be read.
     *
     * @param duration since the event first failed; zero counts such failures like any other from the first one on
     * @return the changed copy
     * @throws IllegalArgumentException if it is negative
     */
    public PoisonPolicy withPatience(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("The patience must not be negative, but is " + duration + ".");
        }
        return new PoisonPolicy(parking, parkingFollowers, attempts, firstDelay, maxDelay, duration);
    }

    boolean isParking() {
        return parking;
    }

    boolean isParkingFollowers() {
        return parkingFollowers;
    }

    int attempts() {
        return attempts;
    }

    Duration patience() {
        return patience;
    }

    Backoff backoff() {
        return new Backoff(firstDelay, maxDelay);
    }
}
