package io.hexai.jpa.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of a directory of SQL migrations, each in one transaction with its row in the ledger. */
final class DirectoryRun {

    private static final Logger LOG = LoggerFactory.getLogger(Migrations.class);

    private final DataSource dataSource;
    private final MigrationLocation location;
    private final String table;

    DirectoryRun(DataSource dataSource, String location, String namespace) {
        this.dataSource = dataSource;
        this.location = MigrationLocation.parse(location);
        this.table = MigrationLedger.table(namespace);
    }

    /** Applies what the ledger does not list. */
    List<AppliedMigration> update() {
        List<MigrationFile> files = MigrationDirectory.read(location);
        return locked((connection, lock, ledger) -> {
            Map<String, String> applied = ledger.applied();
            compare(files, applied);
            adopt(connection, ledger, files, applied);
            warnOfLateComers(files, applied);
            List<AppliedMigration> done = new ArrayList<>();
            for (MigrationFile file : files) {
                if (!applied.containsKey(file.name())) {
                    done.add(inTransaction(connection, lock, file, "Applied", () -> {
                        ledger.add(file);
                        execute(connection, file.script().forward());
                    }));
                }
            }
            return done;
        });
    }

    /** Takes back the last ones of the applied migrations. */
    List<AppliedMigration> rollBack(int count) {
        Map<String, MigrationFile> files = MigrationDirectory.read(location).stream()
                .collect(Collectors.toMap(MigrationFile::name, Function.identity()));
        return locked((connection, lock, ledger) -> {
            Map<String, String> applied = ledger.applied();
            compare(List.copyOf(files.values()), applied);
            List<String> names = new ArrayList<>(applied.keySet());
            Collections.reverse(names);
            List<MigrationFile> last =
                    names.stream().limit(count).map(files::get).toList();
            last.forEach(this::rollbackOf);
            List<AppliedMigration> done = new ArrayList<>();
            for (MigrationFile file : last) {
                done.add(inTransaction(connection, lock, file, "Rolled back", () -> {
                    ledger.remove(file);
                    execute(connection, rollbackOf(file));
                }));
            }
            return done;
        });
    }

    private List<AppliedMigration> locked(Work work) {
        try (MigrationLock lock = MigrationLock.acquire(dataSource, table);
                OwnConnection own = OwnConnection.open(dataSource)) {
            return work.on(own.jdbc(), lock, MigrationLedger.open(own.jdbc(), table));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MigrationFailedException(location.toString(), table, e);
        } catch (SQLException e) {
            throw new MigrationFailedException(location.toString(), table, e);
        }
    }

    private void compare(List<MigrationFile> files, Map<String, String> applied) {
        List<String> edited = files.stream()
                .filter(file -> !applied.getOrDefault(file.name(), "").isEmpty())
                .filter(file -> !file.checksum().equals(applied.get(file.name())))
                .map(MigrationFile::name)
                .toList();
        List<String> vanished = new ArrayList<>(applied.keySet());
        files.forEach(file -> vanished.remove(file.name()));
        if (!edited.isEmpty() || !vanished.isEmpty()) {
            throw new MigrationHistoryException(table, edited, vanished, null);
        }
    }

    private static void adopt(
            Connection connection, MigrationLedger ledger, List<MigrationFile> files, Map<String, String> applied)
            throws SQLException {
        for (MigrationFile file : files) {
            if ("".equals(applied.get(file.name()))) {
                ledger.adopt(file);
            }
        }
        connection.commit();
    }

    private void warnOfLateComers(List<MigrationFile> files, Map<String, String> applied) {
        boolean laterOneApplied = false;
        for (int i = files.size() - 1; i >= 0; i--) {
            String name = files.get(i).name();
            if (applied.containsKey(name)) {
                laterOneApplied = true;
            } else if (laterOneApplied) {
                LOG.warn("{} comes after later ones of {} were applied", name, table);
            }
        }
    }

    /** Does the work, and leaves the search path as it was: a migration's SET must not hide the ledger from the next one. */
    private AppliedMigration inTransaction(
            Connection connection, MigrationLock lock, MigrationFile file, String participle, SqlAction action) {
        long start = System.nanoTime();
        try {
            String searchPath = searchPath(connection);
            action.run();
            restore(connection, searchPath);
            lock.check();
            connection.commit();
        } catch (SQLException e) {
            try {
                connection.rollback();
            } catch (SQLException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw new MigrationFailedException(file.name(), table, e);
        }
        Duration duration = Duration.ofNanos(System.nanoTime() - start);
        LOG.info("{} {} in {} ms", participle, file.name(), duration.toMillis());
        return new AppliedMigration(file.name(), duration);
    }

    private List<String> rollbackOf(MigrationFile file) {
        List<String> rollback = file.script().rollback();
        if (rollback == null) {
            throw new InvalidMigrationException(
                    location + "/" + file.name(), "cannot be rolled back: it has no line \"-- rollback\"", null);
        }
        return rollback;
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
    private interface Work {
        List<AppliedMigration> on(Connection connection, MigrationLock lock, MigrationLedger ledger)
                throws SQLException;
    }

    /** Statements of one transaction. */
    private interface SqlAction {
        void run() throws SQLException;
    }
}
