package io.hexai.jpa.database;

import io.hexai.jpa.database.MigrationProgress.Step;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;
import liquibase.changelog.ChangeSet;
import liquibase.exception.DatabaseException;
import liquibase.exception.LiquibaseException;

/** Puts each changeset and what Liquibase does to its row in the ledger into one transaction. */
final class ChangeSetTransactions implements ChangeSetExecution {

    private final HeldConnection connection;
    private final MigrationLock lock;
    private ProgressReport report = new ProgressReport(progress -> {}, 0);

    ChangeSetTransactions(HeldConnection connection, MigrationLock lock) {
        this.connection = connection;
        this.lock = lock;
    }

    void reportTo(Consumer<? super MigrationProgress> listener, int total) {
        report = new ProgressReport(listener, total);
    }

    /** Returns the changesets worked on so far. */
    List<AppliedMigration> done() {
        return report.done();
    }

    /** Does the work in one transaction, or without holding its commits back if the changeset wants to run in none. */
    @Override
    public void run(ChangeSet changeSet, Step step, Work work) throws ChangeSetFailedException {
        String name = changeSet.toString(false);
        report.started(name);
        long start = System.nanoTime();
        try {
            if (changeSet.isRunInTransaction()) {
                connection.hold();
            }
            work.run();
            lock.check();
            connection.release();
            connection.commit();
        } catch (LiquibaseException | SQLException e) {
            rollBack(e);
            throw new ChangeSetFailedException(name, e);
        } catch (RuntimeException | Error e) {
            rollBack(e);
            throw e;
        }
        boolean skipped =
                step == Step.APPLIED && changeSet.getAttribute("updateExecType") == ChangeSet.ExecType.SKIPPED;
        report.ended(name, skipped ? Step.SKIPPED : step, ProgressReport.since(start));
    }

    private void rollBack(Throwable failure) {
        connection.release();
        try {
            connection.rollback();
        } catch (DatabaseException e) {
            failure.addSuppressed(e);
        }
    }

    /** Carries the changeset's name through Liquibase's iterator. */
    static final class ChangeSetFailedException extends LiquibaseException {

        private static final long serialVersionUID = 1L;

        private final String changeSet;

        ChangeSetFailedException(String changeSet, Throwable cause) {
            super(cause);
            this.changeSet = changeSet;
        }

        String changeSet() {
            return changeSet;
        }
    }
}
