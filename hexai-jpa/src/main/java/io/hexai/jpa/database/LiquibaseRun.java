package io.hexai.jpa.database;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.RuntimeEnvironment;
import liquibase.Scope;
import liquibase.analytics.configuration.AnalyticsArgs;
import liquibase.changelog.ChangeLogHistoryService;
import liquibase.changelog.ChangeLogHistoryServiceFactory;
import liquibase.changelog.ChangeLogIterator;
import liquibase.changelog.ChangeLogParameters;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.changelog.filter.ContextChangeSetFilter;
import liquibase.changelog.filter.DbmsChangeSetFilter;
import liquibase.changelog.filter.IgnoreChangeSetFilter;
import liquibase.changelog.filter.LabelChangeSetFilter;
import liquibase.changelog.filter.ShouldRunChangeSetFilter;
import liquibase.database.Database;
import liquibase.database.core.PostgresDatabase;
import liquibase.exception.LiquibaseException;
import liquibase.exception.ValidationFailedException;
import liquibase.executor.ExecutorService;
import liquibase.lockservice.StandardLockService;
import liquibase.parser.ChangeLogParserFactory;
import liquibase.ui.LoggerUIService;

/**
 * One run of a changelog. It uses Liquibase's parser, checks and visitor, and leaves out its commands: those commit where a
 * crash would leave a changeset unrecorded, take a lock that outlives the process, and talk to the console.
 */
final class LiquibaseRun {

    static final String LEDGER = "databasechangelog";

    /** Liquibase keeps its services in maps of the JVM that are not made for two runs at once. */
    private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock();

    private final DataSource dataSource;
    private final String location;
    private final ChangelogFile changelog;
    private final Map<String, String> parameters;

    LiquibaseRun(DataSource dataSource, String location, Map<String, String> parameters) {
        this.dataSource = dataSource;
        this.location = location;
        this.changelog = ChangelogFile.at(location);
        this.parameters = Map.copyOf(parameters);
    }

    MigrationReport run() {
        try (MigrationLock lock = MigrationLock.acquire(dataSource, LEDGER);
                OwnConnection own = OwnConnection.open(dataSource)) {
            ONE_AT_A_TIME.lockInterruptibly();
            try {
                return new MigrationReport(inScope(lock, own));
            } finally {
                ONE_AT_A_TIME.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MigrationFailedException(location, LEDGER, e);
        } catch (SQLException e) {
            throw new MigrationFailedException(location, LEDGER, e);
        }
    }

    private List<AppliedMigration> inScope(MigrationLock lock, OwnConnection own)
            throws SQLException, InterruptedException {
        Map<String, Object> scope = new HashMap<>();
        scope.put(Scope.Attr.logService.name(), new Slf4jLogService());
        scope.put(Scope.Attr.ui.name(), new LoggerUIService());
        scope.put(Scope.Attr.resourceAccessor.name(), changelog.resources());
        scope.put(AnalyticsArgs.ENABLED.getKey(), false);
        try {
            return Scope.child(scope, () -> {
                HeldConnection connection = new HeldConnection(own.jdbc());
                Database database = new PostgresDatabase();
                database.setConnection(connection);
                try {
                    return Scope.child(
                            Map.of(Scope.Attr.database.name(), database), () -> update(database, connection, lock));
                } finally {
                    forget(database);
                }
            });
        } catch (SQLException | InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw translated(e);
        }
    }

    private List<AppliedMigration> update(Database database, HeldConnection connection, MigrationLock lock)
            throws LiquibaseException, SQLException, InterruptedException {
        ChangeLogHistoryService history = prepareTables(database);
        LiquibaseLockRow.take(lock, connection.getWrappedConnection());
        // What another process applied while this one waited must be seen.
        history.reset();
        ChangeLogParameters values = new ChangeLogParameters(database);
        parameters.forEach(values::set);
        DatabaseChangeLog changeLog = ChangeLogParserFactory.getInstance()
                .getParser(changelog.path(), changelog.resources())
                .parse(changelog.path(), values, changelog.resources());
        Contexts contexts = new Contexts();
        LabelExpression labels = new LabelExpression();
        history.init();
        history.upgradeChecksums(changeLog, contexts, labels);
        changeLog.validate(database, contexts, labels);
        ShouldRunChangeSetFilter shouldRun = new ShouldRunChangeSetFilter(database);
        AtomicUpdateVisitor visitor = new AtomicUpdateVisitor(database, connection, lock, shouldRun);
        new ChangeLogIterator(
                        changeLog,
                        new ContextChangeSetFilter(contexts),
                        new LabelChangeSetFilter(labels),
                        new DbmsChangeSetFilter(database),
                        new IgnoreChangeSetFilter())
                .run(visitor, new RuntimeEnvironment(database, contexts, labels));
        return visitor.applied();
    }

    private static ChangeLogHistoryService prepareTables(Database database) throws LiquibaseException {
        ChangeLogHistoryService history = Scope.getCurrentScope()
                .getSingleton(ChangeLogHistoryServiceFactory.class)
                .getChangeLogService(database);
        history.init();
        StandardLockService lockTable = new StandardLockService();
        lockTable.setDatabase(database);
        lockTable.init();
        database.commit();
        return history;
    }

    /** Liquibase's maps would keep every database for ever. */
    private static void forget(Database database) {
        Scope.getCurrentScope()
                .getSingleton(ChangeLogHistoryServiceFactory.class)
                .resetAll();
        Scope.getCurrentScope().getSingleton(ExecutorService.class).clearExecutor("jdbc", database);
    }

    private RuntimeException translated(Exception failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof AtomicUpdateVisitor.ChangeSetFailedException changeSetFailed) {
                return new MigrationFailedException(changeSetFailed.changeSet(), LEDGER, changeSetFailed);
            }
            if (cause instanceof ValidationFailedException invalid) {
                return translated(invalid);
            }
        }
        return new InvalidMigrationException(location, String.valueOf(failure.getMessage()), failure);
    }

    private RuntimeException translated(ValidationFailedException invalid) {
        List<String> edited = invalid.getInvalidMD5Sums().stream()
                .map(sums -> sums.replaceFirst(" was: .*", ""))
                .toList();
        return edited.isEmpty()
                ? new InvalidMigrationException(location, String.valueOf(invalid.getMessage()), invalid)
                : new MigrationHistoryException(LEDGER, edited, List.of(), invalid);
    }
}
