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
import liquibase.changelog.RanChangeSet;
import liquibase.changelog.filter.AlreadyRanChangeSetFilter;
import liquibase.changelog.filter.ContextChangeSetFilter;
import liquibase.changelog.filter.CountChangeSetFilter;
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
    private final ChangelogFile file;
    private final Map<String, String> parameters;

    LiquibaseRun(DataSource dataSource, String location, Map<String, String> parameters) {
        this.dataSource = dataSource;
        this.location = location;
        this.file = ChangelogFile.at(location);
        this.parameters = Map.copyOf(parameters);
    }

    /** Applies what the database lacks. */
    List<AppliedMigration> update() {
        return locked((database, changeLog, transactions) -> new ChangeLogIterator(
                        changeLog,
                        new ContextChangeSetFilter(new Contexts()),
                        new LabelChangeSetFilter(new LabelExpression()),
                        new DbmsChangeSetFilter(database),
                        new IgnoreChangeSetFilter())
                .run(
                        new AtomicUpdateVisitor(database, transactions, new ShouldRunChangeSetFilter(database)),
                        environment(database)));
    }

    /** Rolls back the last ones of this changelog's changesets. */
    List<AppliedMigration> rollBack(int count) {
        return locked((database, changeLog, transactions) -> {
            List<RanChangeSet> ran = database.getRanChangeSetList();
            new ChangeLogIterator(ran, changeLog, new AlreadyRanChangeSetFilter(ran), new CountChangeSetFilter(count))
                    .run(new AtomicRollbackVisitor(database, transactions), environment(database));
        });
    }

    private List<AppliedMigration> locked(Work work) {
        try (MigrationLock lock = MigrationLock.acquire(dataSource, LEDGER);
                OwnConnection own = OwnConnection.open(dataSource)) {
            ONE_AT_A_TIME.lockInterruptibly();
            try {
                return inScope(lock, own, work);
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

    private List<AppliedMigration> inScope(MigrationLock lock, OwnConnection own, Work work)
            throws SQLException, InterruptedException {
        Map<String, Object> scope = new HashMap<>();
        scope.put(Scope.Attr.logService.name(), new Slf4jLogService());
        scope.put(Scope.Attr.ui.name(), new LoggerUIService());
        scope.put(Scope.Attr.resourceAccessor.name(), file.resources());
        scope.put(AnalyticsArgs.ENABLED.getKey(), false);
        HeldConnection connection = new HeldConnection(own.jdbc());
        try {
            return Scope.child(scope, () -> {
                Database database = new PostgresDatabase();
                database.setConnection(connection);
                try {
                    return Scope.child(
                            Map.of(Scope.Attr.database.name(), database), () -> run(database, connection, lock, work));
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

    private List<AppliedMigration> run(Database database, HeldConnection connection, MigrationLock lock, Work work)
            throws LiquibaseException, SQLException, InterruptedException {
        ChangeLogHistoryService history = prepareTables(database);
        LiquibaseLockRow.take(lock, connection.getWrappedConnection());
        // What another process applied while this one waited must be seen.
        history.reset();
        history.init();
        DatabaseChangeLog changeLog = parse(database);
        history.upgradeChecksums(changeLog, new Contexts(), new LabelExpression());
        changeLog.validate(database, new Contexts(), new LabelExpression());
        ChangeSetTransactions transactions = new ChangeSetTransactions(connection, lock);
        work.on(database, changeLog, transactions);
        return transactions.done();
    }

    private DatabaseChangeLog parse(Database database) throws LiquibaseException {
        ChangeLogParameters values = new ChangeLogParameters(database);
        parameters.forEach((name, value) -> {
            values.set(name, value);
            if (!value.equals(values.getValue(name, null))) {
                throw new InvalidMigrationException(
                        location,
                        "the system property or environment variable " + name + " would replace its parameter \""
                                + value + "\"; unset it",
                        null);
            }
        });
        return ChangeLogParserFactory.getInstance()
                .getParser(file.path(), file.resources())
                .parse(file.path(), values, file.resources());
    }

    private static RuntimeEnvironment environment(Database database) {
        return new RuntimeEnvironment(database, new Contexts(), new LabelExpression());
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
            if (cause instanceof ChangeSetTransactions.ChangeSetFailedException changeSetFailed) {
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

    /** What is to be done with the changesets, once the lock is held and the changelog is parsed and checked. */
    private interface Work {
        void on(Database database, DatabaseChangeLog changeLog, ChangeSetTransactions transactions)
                throws LiquibaseException;
    }
}
