package io.hexai.jpa.database;

import io.hexai.jpa.database.MigrationProgress.Step;
import liquibase.changelog.ChangeSet;
import liquibase.exception.LiquibaseException;

/** How a changeset that is to be applied or taken back is dealt with. */
interface ChangeSetExecution {

    void run(ChangeSet changeSet, Step step, Work work) throws LiquibaseException;

    /** What Liquibase does with one changeset. */
    interface Work {
        void run() throws LiquibaseException;
    }
}
