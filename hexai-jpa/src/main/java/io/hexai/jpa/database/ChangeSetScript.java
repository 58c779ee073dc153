package io.hexai.jpa.database;

import io.hexai.jpa.database.MigrationProgress.Step;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import liquibase.changelog.ChangeSet;
import liquibase.exception.LiquibaseException;

/** Cuts what Liquibase writes into the script of each changeset, with the transaction that a run would put around it. */
final class ChangeSetScript implements ChangeSetExecution {

    private final StringWriter script;
    private final List<PlannedMigration> planned = new ArrayList<>();

    ChangeSetScript(StringWriter script) {
        this.script = script;
    }

    List<PlannedMigration> planned() {
        return planned;
    }

    @Override
    public void run(ChangeSet changeSet, Step step, Work work) throws LiquibaseException {
        String name = changeSet.toString(false);
        script.getBuffer().setLength(0);
        work.run();
        String sql = script.toString().replace(System.lineSeparator(), "\n").strip();
        boolean inTransaction = changeSet.isRunInTransaction();
        planned.add(new PlannedMigration(name, inTransaction ? "BEGIN;\n" + sql + "\nCOMMIT;\n\n" : sql + "\n\n"));
    }
}
