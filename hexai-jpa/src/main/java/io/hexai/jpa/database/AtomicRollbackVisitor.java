package io.hexai.jpa.database;

import java.util.Set;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.changelog.filter.ChangeSetFilterResult;
import liquibase.changelog.visitor.RollbackVisitor;
import liquibase.database.Database;
import liquibase.exception.LiquibaseException;

/** Rolls each changeset back and removes its row from the ledger in one transaction. */
final class AtomicRollbackVisitor extends RollbackVisitor {

    private final ChangeSetExecution execution;

    AtomicRollbackVisitor(Database database, ChangeSetExecution execution) {
        super(database, null);
        this.execution = execution;
    }

    @Override
    public void visit(
            ChangeSet changeSet,
            DatabaseChangeLog changeLog,
            Database database,
            Set<ChangeSetFilterResult> filterResults)
            throws LiquibaseException {
        execution.run(
                changeSet,
                MigrationProgress.Step.ROLLED_BACK,
                () -> super.visit(changeSet, changeLog, database, filterResults));
    }
}
