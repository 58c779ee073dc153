package io.hexai.jpa.database;

import java.time.Duration;

/**
 * One migration that a run applied.
 *
 * @param name the directory's name, or for a changeset {@code file::id::author}
 * @param duration how long it took, its row in the ledger and the commit included
 */
public record AppliedMigration(String name, Duration duration) {}
