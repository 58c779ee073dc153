package io.hexai.jpa.database;

import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import javax.sql.DataSource;

/**
 * The migrations of one source, in one database: applies them, takes them back, and tells beforehand what that would do.
 * {@link Migrations} has the promises that every run keeps, and short forms of the usual ones.
 *
 * <pre>{@code
 * Migrator migrator = Migrator.of(dataSource, Changelog.at("classpath:db/changelog.xml"));
 * System.out.println(migrator.status());
 * System.out.println(migrator.dryRun().sql());
 * migrator.run();
 * }</pre>
 *
 * <p>{@link #run}, the rollbacks and {@link #tag} write; the other methods write nothing at all, not even a ledger where there is
 * none, in transactions that the server holds to be read-only. Connections are borrowed for each call and given back as they
 * came. Immutable and thread-safe.
 */
public final class Migrator {

    private final DataSource target;
    private final MigrationSource source;
    private final Consumer<? super MigrationProgress> listener;

    private Migrator(DataSource target, MigrationSource source, Consumer<? super MigrationProgress> listener) {
        this.target = target;
        this.source = source;
        this.listener = listener;
    }

    /**
     * Names the database by a data source, which must give two connections at once for what writes and for dry runs.
     *
     * @param target the database
     * @param source its migrations
     * @return the migrator; nothing is read or connected yet
     */
    public static Migrator of(DataSource target, MigrationSource source) {
        return new Migrator(
                Objects.requireNonNull(target, "target"), Objects.requireNonNull(source, "source"), progress -> {});
    }

    /**
     * Names the database by its configuration; each call opens connections of its own, without a pool.
     *
     * @param target the database
     * @param source its migrations
     * @return the migrator; nothing is read or connected yet
     */
    public static Migrator of(PostgresConfig target, MigrationSource source) {
        return of(new DriverDataSource(target), source);
    }

    /**
     * Returns a migrator that also tells a listener of each step, besides the log's line for each migration.
     *
     * @param listener called between transactions, on the thread of the run; what it throws ends the run there
     * @return a copy
     */
    public Migrator withListener(Consumer<? super MigrationProgress> listener) {
        return new Migrator(target, source, Objects.requireNonNull(listener, "listener"));
    }

    /**
     * Applies what the database lacks.
     *
     * @return what was applied
     * @throws InvalidMigrationException if the migrations are missing or malformed
     * @throws MigrationHistoryException if one was edited after it had been applied, or has vanished from a directory
     * @throws MigrationFailedException if one fails; those before it stay applied
     * @throws DatabaseOperationException if the server cannot be reached, or refuses the ledger
     * @throws IllegalArgumentException if the target is a pool of one connection, or behind a pooler that shares sessions
     */
    public MigrationReport run() {
        return new MigrationReport(execution().update());
    }

    /**
     * Tells what {@link #run} would do. Waits for a run that is under way. Preconditions of changesets count as fulfilled, and
     * changes made by Java code have no SQL to show.
     *
     * @return the pending migrations, with their SQL
     * @throws InvalidMigrationException if the migrations are missing or malformed
     * @throws MigrationHistoryException if one was edited after it had been applied, or has vanished from a directory
     * @throws DatabaseOperationException if the server cannot be reached, or refuses to be read
     * @throws IllegalArgumentException if the target is a pool of one connection, or behind a pooler that shares sessions
     */
    public MigrationPlan dryRun() {
        return execution().plan();
    }

    /**
     * Compares the migrations with what the database has recorded. Does not wait for a run that is under way in another process.
     *
     * @return what is applied, pending, edited and vanished
     * @throws InvalidMigrationException if the migrations are missing or malformed
     * @throws DatabaseOperationException if the server cannot be reached, or refuses to be read
     */
    public MigrationStatus status() {
        return execution().status();
    }

    /**
     * Checks that the migrations can be read, and that those applied are there as they were. Pending ones are no fault. Stricter
     * than a run of a changelog, which as Liquibase's own does not ask for changesets that have vanished.
     *
     * @throws InvalidMigrationException if the migrations are missing or malformed
     * @throws MigrationHistoryException if any was edited after it had been applied, or has vanished; names all of them
     * @throws DatabaseOperationException if the server cannot be reached, or refuses to be read
     */
    public void validate() {
        MigrationStatus status = status();
        if (!status.edited().isEmpty() || !status.vanished().isEmpty()) {
            throw new MigrationHistoryException(status.table(), status.edited(), status.vanished(), null);
        }
    }

    /**
     * Marks the state that the database has now, to come back to by {@link #rollBackTo}. Replaces an earlier tag at the same
     * place.
     *
     * @param tag any name
     * @throws DatabaseOperationException if the server cannot be reached, or refuses
     * @throws IllegalArgumentException if the name is blank, or the target is a pool of one connection, or behind a pooler that shares sessions
     * @throws IllegalStateException if a directory's ledger has nothing to mark yet
     */
    public void tag(String tag) {
        if (tag.isBlank()) {
            throw new IllegalArgumentException("A tag needs a name");
        }
        execution().tag(tag);
    }

    /**
     * Takes back the migrations that were applied last, each in one transaction together with its row in the ledger.
     *
     * @param count how many at most
     * @return their names, the last applied first
     * @throws InvalidMigrationException if the migrations are missing or malformed, or one of a directory does not say how
     *     to take it back; then none is
     * @throws MigrationHistoryException if an applied one was edited, or has vanished from a directory
     * @throws MigrationFailedException if one fails, or a changeset does not say how to take it back; those taken back before
     *     it stay so
     * @throws DatabaseOperationException if the server cannot be reached, or refuses the ledger
     * @throws IllegalArgumentException if the count is negative, or the target is a pool of one connection, or behind a pooler that shares sessions
     */
    public List<String> rollBack(int count) {
        return names(execution().rollBack(RollbackPoint.of(count)));
    }

    /**
     * Takes back all migrations that were applied after a tag. A changeset that set the tag by {@code tagDatabase} goes too,
     * unless it says {@code keepTagOnRollback}, as with Liquibase's own tools.
     *
     * @param tag set by {@link #tag} or a changelog's {@code tagDatabase}; or for a directory also the name of the migration that
     *     is to be the last
     * @return their names, the last applied first
     * @throws InvalidMigrationException if there is no such tag, the migrations are missing or malformed, or one of a
     *     directory does not say how to take it back; then none is
     * @throws MigrationHistoryException if an applied one was edited, or has vanished from a directory
     * @throws MigrationFailedException if one fails, or a changeset does not say how to take it back; those taken back before
     *     it stay so
     * @throws DatabaseOperationException if the server cannot be reached, or refuses the ledger
     * @throws IllegalArgumentException if the target is a pool of one connection, or behind a pooler that shares sessions
     */
    public List<String> rollBackTo(String tag) {
        return names(execution().rollBack(RollbackPoint.of(tag)));
    }

    /**
     * Tells what {@link #rollBack} would do.
     *
     * @param count how many at most
     * @return the migrations that would be taken back, with their SQL
     * @throws InvalidMigrationException as for {@link #rollBack}, and if a changeset does not say how to take it back
     * @throws MigrationHistoryException as for {@link #rollBack}
     * @throws DatabaseOperationException if the server cannot be reached, or refuses to be read
     * @throws IllegalArgumentException if the count is negative, or the target is a pool of one connection, or behind a pooler that shares sessions
     */
    public MigrationPlan dryRollBack(int count) {
        return execution().planRollback(RollbackPoint.of(count));
    }

    /**
     * Tells what {@link #rollBackTo} would do.
     *
     * @param tag as for {@link #rollBackTo}
     * @return the migrations that would be taken back, with their SQL
     * @throws InvalidMigrationException as for {@link #rollBackTo}, and if a changeset does not say how to take it back
     * @throws MigrationHistoryException as for {@link #rollBackTo}
     * @throws DatabaseOperationException if the server cannot be reached, or refuses to be read
     * @throws IllegalArgumentException if the target is a pool of one connection, or behind a pooler that shares sessions
     */
    public MigrationPlan dryRollBackTo(String tag) {
        return execution().planRollback(RollbackPoint.of(tag));
    }

    private MigrationRun execution() {
        return source instanceof Changelog changelog
                ? new LiquibaseRun(target, changelog, listener)
                : new DirectoryRun(target, (SqlDirectory) source, listener);
    }

    private static List<String> names(List<AppliedMigration> done) {
        return new MigrationReport(done).names();
    }
}
