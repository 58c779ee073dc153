package io.hexai.jpa.database;

/**
 * One migration that a run would apply, or take back. Immutable.
 *
 * @param name the directory's name, or for a changeset {@code file::id::author}
 * @param sql a script that does the same as the run, with the ledger's row and the transaction around both
 */
public record PlannedMigration(String name, String sql) {}
