package io.hexai.jpa.database;

import java.io.StringWriter;
import liquibase.Scope;
import liquibase.database.Database;
import liquibase.exception.DatabaseException;
import liquibase.executor.Executor;
import liquibase.executor.ExecutorService;
import liquibase.executor.LoggingExecutor;
import liquibase.statement.SqlStatement;
import liquibase.statement.core.GetNextChangeSetSequenceValueStatement;

/** Writes to a script what Liquibase would execute, and lets through what it asks. */
final class ScriptExecutor extends LoggingExecutor {

    private ScriptExecutor(Executor delegate, StringWriter script, Database database) {
        super(delegate, script, database);
    }

    /** Puts it in the place of the executor that writes to the database. */
    static void install(Database database, StringWriter script) {
        ExecutorService executors = Scope.getCurrentScope().getSingleton(ExecutorService.class);
        Executor executor = executors.getExecutor("jdbc", database);
        executors.setExecutor("jdbc", database, new ScriptExecutor(executor, script, database));
    }

    /** A statement that fails where there is no ledger yet would end the transaction in which the rest is read. */
    @Override
    public int queryForInt(SqlStatement sql) throws DatabaseException {
        boolean asksForPlace = sql instanceof GetNextChangeSetSequenceValueStatement;
        return asksForPlace && !LiquibaseRun.hasLedger(database) ? 0 : super.queryForInt(sql);
    }
}
