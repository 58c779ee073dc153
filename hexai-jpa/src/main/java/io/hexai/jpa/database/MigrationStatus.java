package io.hexai.jpa.database;

import java.util.List;

/**
 * How the migrations of a {@link MigrationSource} stand to what a database has recorded. Immutable.
 *
 * @param table the ledger
 * @param applied what was applied, in the order of being applied; of a changelog only its own changesets
 * @param pending what the next run would apply, in order
 * @param edited applied migrations whose content has changed since
 * @param vanished applied migrations that are not there any more
 * @param outOfOrder pending ones that come before an applied one
 */
public record MigrationStatus(
        String table,
        List<String> applied,
        List<String> pending,
        List<String> edited,
        List<String> vanished,
        List<String> outOfOrder) {

    /**
     * Copies the lists.
     *
     * @param table the ledger
     * @param applied what was applied
     * @param pending what the next run would apply
     * @param edited what has changed since
     * @param vanished what is not there any more
     * @param outOfOrder pending ones that come before an applied one
     */
    public MigrationStatus {
        applied = List.copyOf(applied);
        pending = List.copyOf(pending);
        edited = List.copyOf(edited);
        vanished = List.copyOf(vanished);
        outOfOrder = List.copyOf(outOfOrder);
    }

    /**
     * Tells whether nothing is left to apply and the history is as the migrations say.
     *
     * @return whether the database is up to date
     */
    public boolean isUpToDate() {
        return pending.isEmpty() && edited.isEmpty() && vanished.isEmpty();
    }

    /** Returns one line for each migration that is pending, edited or vanished, after a line with the numbers. */
    @Override
    public String toString() {
        StringBuilder text =
                new StringBuilder(table + ": " + applied.size() + " applied, " + pending.size() + " pending");
        edited.forEach(name -> text.append("\n  edited    ").append(name));
        vanished.forEach(name -> text.append("\n  vanished  ").append(name));
        pending.forEach(name -> text.append("\n  pending   ")
                .append(name)
                .append(outOfOrder.contains(name) ? " (comes before an applied one)" : ""));
        return text.toString();
    }
}
