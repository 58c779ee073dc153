package io.hexai.jpa.database;

import java.util.List;

/**
 * What a run would do to a database, which is as it was. Immutable.
 *
 * @param table the ledger
 * @param preparation the SQL that creates the ledger, or adds to one of an older version what it lacks; else empty
 * @param migrations the migrations in the order in which they would run; empty if there is nothing to do
 */
public record MigrationPlan(String table, String preparation, List<PlannedMigration> migrations) {

    /**
     * Copies the list.
     *
     * @param table the ledger
     * @param preparation the SQL that creates the ledger, else empty
     * @param migrations the migrations in the order in which they would run
     */
    public MigrationPlan {
        migrations = List.copyOf(migrations);
    }

    /**
     * Returns the migrations' names, in the order in which they would run.
     *
     * @return the names, empty if there is nothing to do
     */
    public List<String> names() {
        return migrations.stream().map(PlannedMigration::name).toList();
    }

    /**
     * Returns all of it as one script, which {@code psql} can run with {@code ON_ERROR_STOP}. A later run finds what the script
     * did as if it had done it itself.
     *
     * @return the script, empty if there is nothing to do
     */
    public String sql() {
        if (migrations.isEmpty()) {
            return "";
        }
        StringBuilder script = new StringBuilder(preparation);
        migrations.forEach(migration -> script.append(migration.sql()));
        return script.toString();
    }

    /** Returns the script. */
    @Override
    public String toString() {
        return sql();
    }
}
