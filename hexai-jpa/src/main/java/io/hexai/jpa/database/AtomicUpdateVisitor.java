package io.hexai.jpa.database;

import java.util.Set;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.changelog.filter.ChangeSetFilterResult;
import liquibase.changelog.filter.ShouldRunChangeSetFilter;
import liquibase.changelog.visitor.UpdateVisitor;
import liquibase.database.Database;
import liquibase.exception.LiquibaseException;

/** Applies each changeset and its row in the ledger in one transaction. */
final class AtomicUpdateVisitor extends UpdateVisitor {

    private final ChangeSetExecution execution;
    private final ShouldRunChangeSetFilter shouldRun;

    AtomicUpdateVisitor(Database database, ChangeSetExecution execution, ShouldRunChangeSetFilter shouldRun) {
        super(database, null, shouldRun);
        this.execution = execution;
        this.shouldRun = shouldRun;
    }

    @Override
    public void visit(
            ChangeSet changeSet,
            DatabaseChangeLog changeLog,
            Database database,
            Set<ChangeSetFilterResult> filterResults)
            throws LiquibaseException {
        ChangeSetExecution.Work work = () -> super.visit(changeSet, changeLog, database, filterResults);
        if (shouldRun.accepts(changeSet).isAccepted()) {
            execution.run(changeSet, MigrationProgress.Step.APPLIED, work);
        } else {
            work.run();
        }
    }
}
