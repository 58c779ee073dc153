package io.hexai.jpa.subscription;

/** What a subscription is doing. */
public enum SubscriptionStatus {
    /** Never started in any process. */
    NEW,
    /** This instance is not started, or another process owns the subscription; it may take over. */
    STANDBY,
    /** This instance handles events as they come. */
    RUNNING,
    /** This instance waits to try an event again, or for the database to come back. */
    RETRYING,
    /** This instance rebuilds. */
    REBUILDING,
    /** Paused, in all processes, until it is resumed. */
    PAUSED,
    /** A handler kept failing; stopped, in all processes, until it is resumed. */
    STOPPED,
    /** An {@link Error} was thrown; stopped, in all processes, until it is resumed. */
    FAILED,
    /** This instance is closed; others may go on. */
    CLOSED
}
