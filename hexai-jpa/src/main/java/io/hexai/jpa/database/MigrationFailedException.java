package io.hexai.jpa.database;

import io.hexai.jpa.HexaiJpaException;

/**
 * A migration was started and failed. What was applied before it stays applied.
 *
 * <p>Unless the migration runs outside a transaction, nothing of it is in the database, and the next run tries it again.
 */
public final class MigrationFailedException extends HexaiJpaException {

    private static final long serialVersionUID = 1L;

    private final String migration;
    private final String table;

    /**
     * Creates the exception.
     *
     * @param migration the migration's name, or the location if the run failed before or between migrations
     * @param table the ledger, in which this migration has changed nothing
     * @param cause what went wrong
     */
    public MigrationFailedException(String migration, String table, Throwable cause) {
        super(
                "Migration \"" + migration + "\" failed and " + table + " stays as it was: " + rootMessage(cause)
                        + ". Correct it and start again; what was done before it stays.",
                cause);
        this.migration = migration;
        this.table = table;
    }

    /**
     * Returns the migration's name.
     *
     * @return the name, or the location if the run failed before or between migrations
     */
    public String migration() {
        return migration;
    }

    /**
     * Returns the ledger's table name.
     *
     * @return the table that records what was applied
     */
    public String table() {
        return table;
    }

    private static String rootMessage(Throwable cause) {
        Throwable root = cause;
        for (Throwable next = cause.getCause(); next != null; next = next.getCause()) {
            root = next;
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }
}
