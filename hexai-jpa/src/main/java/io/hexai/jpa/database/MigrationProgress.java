package io.hexai.jpa.database;

import java.time.Duration;

/**
 * One step of a run. Immutable.
 *
 * @param name the migration
 * @param step what has just happened to it
 * @param position its place in this run, from 1
 * @param total how many this run has to do
 * @param duration how long it took, its row in the ledger and the commit included; zero when it starts
 */
public record MigrationProgress(String name, Step step, int position, int total, Duration duration) {

    /** What happens to a migration. */
    public enum Step {
        /** Its transaction is about to begin. */
        STARTED,
        /** It is committed, together with its row in the ledger. */
        APPLIED,
        /** It is taken back, together with its row in the ledger. */
        ROLLED_BACK,
        /** Its precondition did not hold; it stays pending. */
        SKIPPED
    }

    /** Returns the line that the log has. */
    @Override
    public String toString() {
        String place = " (" + position + " of " + total + ")";
        return switch (step) {
            case STARTED -> "Starting " + name + place;
            case APPLIED -> "Applied " + name + place + " in " + duration.toMillis() + " ms";
            case ROLLED_BACK -> "Rolled back " + name + place + " in " + duration.toMillis() + " ms";
            case SKIPPED -> "Skipped " + name + place + ": its precondition does not hold";
        };
    }
}
