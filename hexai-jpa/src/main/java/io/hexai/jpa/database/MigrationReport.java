package io.hexai.jpa.database;

import java.time.Duration;
import java.util.List;

/**
 * What one run of {@link Migrations} did.
 *
 * @param applied the migrations that this run applied, in order; empty if the database was up to date
 */
public record MigrationReport(List<AppliedMigration> applied) {

    /**
     * Copies the list.
     *
     * @param applied the migrations that this run applied, in order
     */
    public MigrationReport {
        applied = List.copyOf(applied);
    }

    /**
     * Returns the names of what was applied, in order.
     *
     * @return the names, empty if the database was up to date
     */
    public List<String> names() {
        return applied.stream().map(AppliedMigration::name).toList();
    }

    /**
     * Returns how long the applied migrations took together, without the time spent waiting for another process.
     *
     * @return the sum of their durations
     */
    public Duration duration() {
        return applied.stream().map(AppliedMigration::duration).reduce(Duration.ZERO, Duration::plus);
    }
}
