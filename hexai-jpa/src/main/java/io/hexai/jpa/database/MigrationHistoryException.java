package io.hexai.jpa.database;

import io.hexai.jpa.HexaiJpaException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the database has recorded contradicts the migrations given: one was edited after it had been applied, or is no
 * longer there. Nothing was run.
 */
public final class MigrationHistoryException extends HexaiJpaException {

    private static final long serialVersionUID = 1L;

    private final String table;
    private final String[] edited;
    private final String[] vanished;

    /**
     * Creates the exception.
     *
     * @param table the ledger
     * @param edited the applied migrations whose content has changed
     * @param vanished the applied migrations that are not there any more
     * @param cause what led to it, or null
     */
    public MigrationHistoryException(
            String table, List<String> edited, List<String> vanished, @Nullable Throwable cause) {
        super(message(table, edited, vanished), cause);
        this.table = table;
        this.edited = edited.toArray(String[]::new);
        this.vanished = vanished.toArray(String[]::new);
    }

    /**
     * Returns the ledger's table name.
     *
     * @return the table that records what was applied
     */
    public String table() {
        return table;
    }

    /**
     * Returns the applied migrations whose content has changed since.
     *
     * @return their names
     */
    public List<String> edited() {
        return List.of(edited);
    }

    /**
     * Returns the applied migrations that are not there any more.
     *
     * @return their names
     */
    public List<String> vanished() {
        return List.of(vanished);
    }

    private static String message(String table, List<String> edited, List<String> vanished) {
        StringBuilder message = new StringBuilder("The migrations do not match what ")
                .append(table)
                .append(" records:");
        if (!edited.isEmpty()) {
            message.append(" edited after being applied: ")
                    .append(String.join(", ", edited))
                    .append('.');
        }
        if (!vanished.isEmpty()) {
            message.append(" applied but missing now: ")
                    .append(String.join(", ", vanished))
                    .append('.');
        }
        return message.append(" Restore them as they were, and put the change into a new migration.")
                .toString();
    }
}
