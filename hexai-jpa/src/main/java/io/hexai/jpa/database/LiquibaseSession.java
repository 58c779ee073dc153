package io.hexai.jpa.database;

import io.hexai.jpa.database.ProgressReport.ListenerFailedException;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import liquibase.Scope;
import liquibase.analytics.configuration.AnalyticsArgs;
import liquibase.changelog.ChangeLogHistoryService;
import liquibase.changelog.ChangeLogHistoryServiceFactory;
import liquibase.changelog.ChangeLogParameters;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.database.Database;
import liquibase.database.core.PostgresDatabase;
import liquibase.exception.LiquibaseException;
import liquibase.exception.ValidationFailedException;
import liquibase.executor.ExecutorService;
import liquibase.lockservice.StandardLockService;
import liquibase.ui.LoggerUIService;
import org.jspecify.annotations.Nullable;

/**
 * Sets Liquibase up for one changelog and one database, quietly, and takes everything of it away again. It uses Liquibase's
 * parser, checks and visitors, and leaves out its commands: those commit where a crash would leave a changeset unrecorded,
 * take a lock that outlives the process, and talk to the console.
 */
final class LiquibaseSession {

    static final String LEDGER = "databasechangelog";

    /** Liquibase keeps its services in maps of the JVM that are not made for two runs at once. */
    private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock();

    private final DataSource dataSource;
    private final Changelog source;
    private final ChangelogFile file;

    LiquibaseSession(DataSource dataSource, Changelog source) {
        this.dataSource = dataSource;
        this.source = source;
        this.file = source.file();
    }

    /** What is to be done with the changesets, once the changelog is parsed. */
    interface Work<R> {
        R on(Database database, DatabaseChangeLog changeLog) throws LiquibaseException, SQLException;
    }

    /** What is to be done with the changesets, once the locks are held, and the changelog is parsed and checked. */
    interface LockedWork<R> {
        R on(Database database, DatabaseChangeLog changeLog, ChangeSetTransactions transactions)
                throws LiquibaseException, SQLException;
    }

    /** Does work that writes. */
    <R> R write(LockedWork<R> work) {
        return translating(() -> {
            try (MigrationConnections connections = MigrationConnections.open(dataSource, LEDGER, false)) {
                return inScope(connections.jdbc(), (database, connection) -> {
                    ChangeLogHistoryService history = prepareTables(database);
                    LiquibaseLockRow.take(connections.lock(), connection.getWrappedConnection());
                    // What another process applied while this one waited must be seen.
                    history.reset();
                    history.init();
                    DatabaseChangeLog changeLog = parse(database);
                    history.upgradeChecksums(changeLog, source.contexts(), source.labels());
                    changeLog.validate(database, source.contexts(), source.labels());
                    return work.on(database, changeLog, new ChangeSetTransactions(connection, connections.lock()));
                });
            }
        });
    }

    /** Does work that would write under the lock, and lets it write to the script instead. */
    <R> R plan(StringWriter script, Work<R> work) {
        return translating(() -> {
            try (MigrationConnections connections = MigrationConnections.open(dataSource, LEDGER, true)) {
                return reading(connections.jdbc(), script, work);
            }
        });
    }

    /** Does work that only reads, without any lock. */
    <R> R read(Work<R> work) {
        return translating(() -> {
            try (OwnConnection connection = OwnConnection.open(dataSource, true)) {
                return reading(connection.jdbc(), new StringWriter(), work);
            }
        });
    }

    private <R> R reading(Connection jdbc, StringWriter script, Work<R> work) throws Exception {
        return inScope(jdbc, (database, connection) -> {
            ScriptExecutor.install(database, script);
            return work.on(database, parse(database));
        });
    }

    private <R> R inScope(Connection jdbc, Connected<R> work) throws Exception {
        Map<String, Object> scope = new HashMap<>();
        scope.put(Scope.Attr.logService.name(), new Slf4jLogService());
        scope.put(Scope.Attr.ui.name(), new LoggerUIService());
        scope.put(Scope.Attr.resourceAccessor.name(), file.resources());
        scope.put(AnalyticsArgs.ENABLED.getKey(), false);
        ONE_AT_A_TIME.lockInterruptibly();
        try {
            return Scope.child(scope, () -> {
                HeldConnection connection = new HeldConnection(jdbc);
                Database database = new PostgresDatabase();
                database.setConnection(connection);
                try {
                    return Scope.child(
                            Map.of(Scope.Attr.database.name(), database), () -> work.on(database, connection));
                } finally {
                    forget(database);
                }
            });
        } finally {
            ONE_AT_A_TIME.unlock();
        }
    }

    private DatabaseChangeLog parse(Database database) throws LiquibaseException {
        ChangeLogParameters values = new ChangeLogParameters(database);
        values.setContexts(source.contexts());
        values.setLabels(source.labels());
        source.parameters().forEach((name, value) -> {
            values.set(name, value);
            if (!value.equals(values.getValue(name, null))) {
                throw new InvalidMigrationException(
                        source.toString(),
                        "the system property or environment variable " + name + " would replace its parameter \""
                                + value + "\"; unset it",
                        null);
            }
        });
        return file.parse(values);
    }

    private static ChangeLogHistoryService prepareTables(Database database) throws LiquibaseException {
        ChangeLogHistoryService history = history(database);
        history.init();
        StandardLockService lockTable = new StandardLockService();
        lockTable.setDatabase(database);
        lockTable.init();
        database.commit();
        return history;
    }

    static ChangeLogHistoryService history(Database database) {
        return Scope.getCurrentScope()
                .getSingleton(ChangeLogHistoryServiceFactory.class)
                .getChangeLogService(database);
    }

    /** Liquibase's maps would keep every database for ever. */
    private static void forget(Database database) {
        Scope.getCurrentScope()
                .getSingleton(ChangeLogHistoryServiceFactory.class)
                .resetAll();
        Scope.getCurrentScope().getSingleton(ExecutorService.class).clearExecutor("jdbc", database);
    }

    private <R> R translating(Attempt<R> attempt) {
        try {
            return attempt.make();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MigrationFailedException(source.toString(), LEDGER, e);
        } catch (Exception e) {
            throw translated(e);
        }
    }

    private RuntimeException translated(Exception failure) {
        ListenerFailedException listenerFailed = causeOf(failure, ListenerFailedException.class);
        if (listenerFailed != null) {
            return listenerFailed.failure();
        }
        SQLException refused = causeOf(failure, SQLException.class);
        if (failure instanceof RuntimeException own && refused == null) {
            return own;
        }
        ChangeSetTransactions.ChangeSetFailedException changeSetFailed =
                causeOf(failure, ChangeSetTransactions.ChangeSetFailedException.class);
        if (changeSetFailed != null) {
            return new MigrationFailedException(changeSetFailed.changeSet(), LEDGER, changeSetFailed);
        }
        ValidationFailedException invalid = causeOf(failure, ValidationFailedException.class);
        if (invalid != null) {
            return translated(invalid);
        }
        return refused == null
                ? new InvalidMigrationException(source.toString(), String.valueOf(failure.getMessage()), failure)
                : new DatabaseOperationException("Migrating by " + source, refused);
    }

    private RuntimeException translated(ValidationFailedException invalid) {
        List<String> edited = edited(invalid);
        return edited.isEmpty()
                ? new InvalidMigrationException(source.toString(), String.valueOf(invalid.getMessage()), invalid)
                : new MigrationHistoryException(LEDGER, edited, List.of(), invalid);
    }

    /** Returns the names of the changesets whose checksum is another one than recorded. */
    static List<String> edited(ValidationFailedException invalid) {
        return invalid.getInvalidMD5Sums().stream()
                .map(sums -> sums.replaceFirst(" was: .*", ""))
                .toList();
    }

    private static <T extends Throwable> @Nullable T causeOf(Throwable failure, Class<T> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
        }
        return null;
    }

    private interface Connected<R> {
        R on(Database database, HeldConnection connection) throws Exception;
    }

    private interface Attempt<R> {
        R make() throws Exception;
    }
}
