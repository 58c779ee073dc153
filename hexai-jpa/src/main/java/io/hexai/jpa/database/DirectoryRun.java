package io.hexai.jpa.database;

import io.hexai.jpa.database.MigrationProgress.Step;
import io.hexai.jpa.database.ProgressReport.ListenerFailedException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What can be done with a directory of SQL migrations; each is one transaction with its row in the ledger. */
final class DirectoryRun implements MigrationRun {

    private static final Logger LOG = LoggerFactory.getLogger(Migrations.class);

    private final DataSource dataSource;
    private final MigrationLocation location;
    private final String table;
    private final Consumer<? super MigrationProgress> listener;

    DirectoryRun(DataSource dataSource, SqlDirectory directory, Consumer<? super MigrationProgress> listener) {
        this.dataSource = dataSource;
        this.location = directory.location();
        this.table = directory.table();
        this.listener = listener;
    }

    @Override
    public List<AppliedMigration> update() {
        List<MigrationFile> files = MigrationDirectory.read(location);
        return locked(false, connections -> {
            Connection connection = connections.jdbc();
            MigrationLedger ledger = MigrationLedger.open(connection, table);
            DirectoryHistory history = new DirectoryHistory(location, table, files, ledger.applied());
            history.requireUnchanged();
            for (MigrationFile file : history.withoutChecksum()) {
                ledger.adopt(file);
            }
            connection.commit();
            history.outOfOrder().forEach(name -> LOG.warn("{} comes after later ones of {} were applied", name, table));
            List<MigrationFile> pending = history.pending();
            ProgressReport report = new ProgressReport(listener, pending.size());
            for (MigrationFile file : pending) {
                inTransaction(connections, file, Step.APPLIED, report, () -> {
                    ledger.add(file);
                    execute(connection, file.script().forward());
                });
            }
            return report.done();
        });
    }

    @Override
    public List<AppliedMigration> rollBack(RollbackPoint point) {
        List<MigrationFile> files = MigrationDirectory.read(location);
        return locked(false, connections -> {
            MigrationLedger ledger = MigrationLedger.open(connections.jdbc(), table);
            List<MigrationFile> last = new DirectoryHistory(location, table, files, ledger.applied()).last(point);
            ProgressReport report = new ProgressReport(listener, last.size());
            for (MigrationFile file : last) {
                inTransaction(connections, file, Step.ROLLED_BACK, report, () -> {
                    ledger.remove(file);
                    execute(connections.jdbc(), file.rollback(location));
                });
            }
            return report.done();
        });
    }

    @Override
    public MigrationPlan plan() {
        List<MigrationFile> files = MigrationDirectory.read(location);
        return locked(true, connections -> {
            MigrationLedger ledger = MigrationLedger.of(connections.jdbc(), table);
            DirectoryHistory history = new DirectoryHistory(location, table, files, ledger.applied());
            history.requireUnchanged();
            return plan(connections.jdbc(), ledger, history.pending(), file -> {
                List<String> statements = new ArrayList<>(List.of(ledger.additionOf(file)));
                statements.addAll(file.script().forward());
                return statements;
            });
        });
    }

    @Override
    public MigrationPlan planRollback(RollbackPoint point) {
        List<MigrationFile> files = MigrationDirectory.read(location);
        return locked(true, connections -> {
            MigrationLedger ledger = MigrationLedger.of(connections.jdbc(), table);
            List<MigrationFile> last = new DirectoryHistory(location, table, files, ledger.applied()).last(point);
            return plan(connections.jdbc(), ledger, last, file -> {
                List<String> statements = new ArrayList<>(List.of(ledger.removalOf(file)));
                statements.addAll(file.rollback(location));
                return statements;
            });
        });
    }

    private MigrationPlan plan(
            Connection connection,
            MigrationLedger ledger,
            List<MigrationFile> files,
            Function<MigrationFile, List<String>> statements)
            throws SQLException {
        String searchPath = searchPath(connection).replace("'", "''");
        List<PlannedMigration> planned = new ArrayList<>();
        for (MigrationFile file : files) {
            List<String> all = statements.apply(file);
            boolean mayChangePath = all.stream().anyMatch(sql -> sql.contains("search_path"));
            String end =
                    mayChangePath ? "SELECT pg_catalog.set_config('search_path', '" + searchPath + "', false);\n" : "";
            planned.add(new PlannedMigration(
                    file.name(), "-- " + file.name() + "\nBEGIN;\n" + script(all) + end + "COMMIT;\n\n"));
        }
        return new MigrationPlan(table, script(ledger.preparation()), planned);
    }

    /** Ends each statement in a line of its own, since the one before may be a comment. */
    private static String script(List<String> statements) {
        return statements.stream().map(sql -> sql.strip() + "\n;\n").collect(Collectors.joining());
    }

    @Override
    public MigrationStatus status() {
        List<MigrationFile> files = MigrationDirectory.read(location);
        return translating(() -> {
            try (OwnConnection connection = OwnConnection.open(dataSource, true)) {
                List<MigrationLedger.Entry> applied =
                        MigrationLedger.of(connection.jdbc(), table).applied();
                return new DirectoryHistory(location, table, files, applied).status();
            }
        });
    }

    @Override
    public void tag(String tag) {
        locked(false, connections -> {
            boolean tagged = MigrationLedger.open(connections.jdbc(), table).tag(tag);
            connections.jdbc().commit();
            if (!tagged) {
                throw new IllegalStateException(
                        "Nothing is applied yet that the tag \"" + tag + "\" could mark in " + table);
            }
            return tag;
        });
    }

    private <R> R locked(boolean readOnly, Work<R> work) {
        return translating(() -> {
            try (MigrationConnections connections = MigrationConnections.open(dataSource, table, readOnly)) {
                return work.on(connections);
            }
        });
    }

    private <R> R translating(Attempt<R> attempt) {
        try {
            return attempt.make();
        } catch (ListenerFailedException e) {
            throw e.failure();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MigrationFailedException(location.toString(), table, e);
        } catch (SQLException e) {
            throw new DatabaseOperationException("Migrating by " + location, e);
        }
    }

    /** Does the work, and leaves the search path as it was: a migration's SET must not hide the ledger from the next one. */
    private void inTransaction(
            MigrationConnections connections, MigrationFile file, Step step, ProgressReport report, SqlAction action) {
        Connection connection = connections.jdbc();
        report.started(file.name());
        long start = System.nanoTime();
        try {
            String searchPath = searchPath(connection);
            action.run();
            restore(connection, searchPath);
            connections.lock().check();
            connection.commit();
        } catch (SQLException e) {
            try {
                connection.rollback();
            } catch (SQLException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw new MigrationFailedException(file.name(), table, e);
        }
        report.ended(file.name(), step, ProgressReport.since(start));
    }

    private static void execute(Connection connection, List<String> sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            for (String one : sql) {
                statement.execute(one);
            }
        }
    }

    private static String searchPath(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT current_setting('search_path')")) {
            row.next();
            return row.getString(1);
        }
    }

    private static void restore(Connection connection, String searchPath) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT pg_catalog.set_config('search_path', ?, false)")) {
            statement.setString(1, searchPath);
            statement.execute();
        }
    }

    /** What is to be done once the lock is held. */
    private interface Work<R> {
        R on(MigrationConnections connections) throws SQLException;
    }

    private interface Attempt<R> {
        R make() throws SQLException, InterruptedException;
    }

    /** Statements of one transaction. */
    private interface SqlAction {
        void run() throws SQLException;
    }
}
