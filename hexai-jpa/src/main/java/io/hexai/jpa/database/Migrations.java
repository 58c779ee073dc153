package io.hexai.jpa.database;

import java.util.List;
import javax.sql.DataSource;

/**
 * Brings a database's schema up to date, from Liquibase changelogs or from directories of SQL.
 *
 * <p>Every run can be repeated and applies only what is missing. Any number of processes may start one at once: one works, the
 * others wait and then find nothing to do. A migration and its row in the ledger are committed together, so that a crash leaves
 * either both or neither, and no lock outlives the process that held it. A run needs two connections at the same time. A
 * location is {@code classpath:…} or a path. Each migration is one line of the log; nothing is sent anywhere but to the database.
 *
 * <p>These are short forms. {@link Migrator} does more: dry runs, status, validation, tags, progress, and changelogs with
 * parameters, contexts and labels. Besides the exceptions named below, all throw {@link DatabaseOperationException} if the
 * server cannot be reached or refuses the ledger, and {@link IllegalArgumentException} for a pool of one connection and
 * for a pooler that shares sessions, such as pgbouncer in transaction mode.
 *
 * <p>Thread-safe.
 */
public final class Migrations {

    private Migrations() {}

    /**
     * Applies a Liquibase changelog, with the tables, identities and checksums of Liquibase's own command line and Maven
     * plugin: what one has applied the others skip. Each changeset is one transaction together with its row in
     * DATABASECHANGELOG, except those with {@code runInTransaction="false"}: if the process dies between such a change and its
     * row, the next run applies it again, so it should be repeatable.
     *
     * @param target the database
     * @param changelog the changelog's location; a path is recorded relative to the working directory
     * @return what was applied
     * @throws InvalidMigrationException if the changelog is missing or malformed
     * @throws MigrationHistoryException if a changeset was edited after it had been applied
     * @throws MigrationFailedException if a changeset fails; those before it stay applied
     */
    public static MigrationReport run(DataSource target, String changelog) {
        return Migrator.of(target, Changelog.at(changelog)).run();
    }

    /**
     * Applies a Liquibase changelog on connections of its own. See {@link #run(DataSource, String)}.
     *
     * @param target the database
     * @param changelog the changelog's location; a path is recorded relative to the working directory
     * @return what was applied
     * @throws InvalidMigrationException if the changelog is missing or malformed
     * @throws MigrationHistoryException if a changeset was edited after it had been applied
     * @throws MigrationFailedException if a changeset fails; those before it stay applied
     */
    public static MigrationReport run(PostgresConfig target, String changelog) {
        return run(new DriverDataSource(target), changelog);
    }

    /**
     * Creates or updates the tables that the library itself uses, by the changelog {@code hexai-jpa/built-in.xml}, which
     * Liquibase's command line and Maven plugin can run as well.
     *
     * @param target the database
     * @return what was applied
     * @throws MigrationFailedException if a changeset fails; those before it stay applied
     */
    public static MigrationReport runBuiltIn(DataSource target) {
        return Migrator.of(target, Changelog.builtIn()).run();
    }

    /**
     * Creates or updates the tables that the library itself uses, on connections of its own. See
     * {@link #runBuiltIn(DataSource)}.
     *
     * @param target the database
     * @return what was applied
     * @throws MigrationFailedException if a changeset fails; those before it stay applied
     */
    public static MigrationReport runBuiltIn(PostgresConfig target) {
        return runBuiltIn(new DriverDataSource(target));
    }

    /**
     * Creates or updates a further event table of the built-in shape, with a sequence and a counter of its own, by the
     * changelog {@code hexai-jpa/event-table.xml} with the parameter {@code hexai.eventTable}.
     *
     * @param target the database
     * @param table the table's name in its own case, without quotes around it: at most 46 bytes
     * @return what was applied
     * @throws IllegalArgumentException if the name cannot be used
     * @throws MigrationFailedException if a changeset fails; those before it stay applied
     */
    public static MigrationReport runEventTable(DataSource target, String table) {
        return Migrator.of(target, Changelog.eventTable(table)).run();
    }

    /**
     * Creates or updates a further event table, on connections of its own. See {@link #runEventTable(DataSource, String)}.
     *
     * @param target the database
     * @param table the table's name in its own case, without quotes around it: at most 46 bytes
     * @return what was applied
     * @throws IllegalArgumentException if the name cannot be used
     * @throws MigrationFailedException if a changeset fails; those before it stay applied
     */
    public static MigrationReport runEventTable(PostgresConfig target, String table) {
        return runEventTable(new DriverDataSource(target), table);
    }

    /**
     * Rolls back the changesets of a changelog that were applied last, each in one transaction together with its row in
     * DATABASECHANGELOG.
     *
     * @param target the database
     * @param changelog the changelog's location
     * @param count how many changesets at most
     * @return the names of the changesets rolled back, the last applied first
     * @throws IllegalArgumentException if the count is negative
     * @throws InvalidMigrationException if the changelog is missing or malformed
     * @throws MigrationHistoryException if a changeset was edited after it had been applied
     * @throws MigrationFailedException if a changeset has no rollback or it fails; those rolled back before it stay so
     */
    public static List<String> rollBack(DataSource target, String changelog, int count) {
        return Migrator.of(target, Changelog.at(changelog)).rollBack(count);
    }

    /**
     * Rolls back the changesets of a changelog that were applied last, on connections of its own. See
     * {@link #rollBack(DataSource, String, int)}.
     *
     * @param target the database
     * @param changelog the changelog's location
     * @param count how many changesets at most
     * @return the names of the changesets rolled back, the last applied first
     * @throws IllegalArgumentException if the count is negative
     * @throws InvalidMigrationException if the changelog is missing or malformed
     * @throws MigrationHistoryException if a changeset was edited after it had been applied
     * @throws MigrationFailedException if a changeset has no rollback or it fails; those rolled back before it stay so
     */
    public static List<String> rollBack(PostgresConfig target, String changelog, int count) {
        return rollBack(new DriverDataSource(target), changelog, count);
    }

    /**
     * Applies a directory of SQL migrations: directories {@code 001_name} with a {@code migration.sql}, ordered by their numbers,
     * then by name. Each is one transaction together with its row in the ledger {@code hexai__migrations}, so it must not
     * control transactions; what cannot run in one belongs into a changelog. After a line {@code -- rollback} may follow what
     * takes the migration back. A ledger of the TypeScript library is taken over.
     *
     * @param target the database
     * @param location the directory that holds the migrations
     * @return what was applied
     * @throws InvalidMigrationException if the directory is missing, or a migration has no number, controls transactions or is
     *     there twice
     * @throws MigrationHistoryException if an applied migration was edited or has vanished
     * @throws MigrationFailedException if a migration fails; those before it stay applied
     */
    public static MigrationReport runDirectory(DataSource target, String location) {
        return runDirectory(target, location, "");
    }

    /**
     * Applies a directory of SQL migrations, on connections of its own. See {@link #runDirectory(DataSource, String)}.
     *
     * @param target the database
     * @param location the directory that holds the migrations
     * @return what was applied
     * @throws InvalidMigrationException if the directory is missing, or a migration has no number, controls transactions or is
     *     there twice
     * @throws MigrationHistoryException if an applied migration was edited or has vanished
     * @throws MigrationFailedException if a migration fails; those before it stay applied
     */
    public static MigrationReport runDirectory(PostgresConfig target, String location) {
        return runDirectory(new DriverDataSource(target), location);
    }

    /**
     * Applies a directory of SQL migrations that has a ledger of its own, {@code hexai__migrations_namespace}. Namespaces know
     * nothing of each other. See {@link #runDirectory(DataSource, String)}.
     *
     * @param target the database
     * @param location the directory that holds the migrations
     * @param namespace the ending of the ledger's name, or an empty string for none
     * @return what was applied
     * @throws IllegalArgumentException if the ledger's name gets longer than 63 bytes
     * @throws InvalidMigrationException if the directory is missing, or a migration has no number, controls transactions or is
     *     there twice
     * @throws MigrationHistoryException if an applied migration was edited or has vanished
     * @throws MigrationFailedException if a migration fails; those before it stay applied
     */
    public static MigrationReport runDirectory(DataSource target, String location, String namespace) {
        return Migrator.of(target, SqlDirectory.at(location).withNamespace(namespace))
                .run();
    }

    /**
     * Applies a directory of SQL migrations that has a ledger of its own, on connections of its own. See
     * {@link #runDirectory(DataSource, String, String)}.
     *
     * @param target the database
     * @param location the directory that holds the migrations
     * @param namespace the ending of the ledger's name, or an empty string for none
     * @return what was applied
     * @throws IllegalArgumentException if the ledger's name gets longer than 63 bytes
     * @throws InvalidMigrationException if the directory is missing, or a migration has no number, controls transactions or is
     *     there twice
     * @throws MigrationHistoryException if an applied migration was edited or has vanished
     * @throws MigrationFailedException if a migration fails; those before it stay applied
     */
    public static MigrationReport runDirectory(PostgresConfig target, String location, String namespace) {
        return runDirectory(new DriverDataSource(target), location, namespace);
    }

    /**
     * Rolls back the migrations of a directory that were applied last, each in one transaction together with its row in the
     * ledger.
     *
     * @param target the database
     * @param location the directory that holds the migrations
     * @param namespace the ending of the ledger's name, or an empty string for none
     * @param count how many migrations at most
     * @return the names of the migrations rolled back, the last applied first
     * @throws IllegalArgumentException if the ledger's name gets longer than 63 bytes, or the count is negative
     * @throws InvalidMigrationException if one of them has no line {@code -- rollback}; then none is rolled back
     * @throws MigrationHistoryException if an applied migration was edited or has vanished
     * @throws MigrationFailedException if a rollback fails; those rolled back before it stay so
     */
    public static List<String> rollBackDirectory(DataSource target, String location, String namespace, int count) {
        return Migrator.of(target, SqlDirectory.at(location).withNamespace(namespace))
                .rollBack(count);
    }

    /**
     * Rolls back the migrations of a directory that were applied last, on connections of its own. See
     * {@link #rollBackDirectory(DataSource, String, String, int)}.
     *
     * @param target the database
     * @param location the directory that holds the migrations
     * @param namespace the ending of the ledger's name, or an empty string for none
     * @param count how many migrations at most
     * @return the names of the migrations rolled back, the last applied first
     * @throws IllegalArgumentException if the ledger's name gets longer than 63 bytes, or the count is negative
     * @throws InvalidMigrationException if one of them has no line {@code -- rollback}; then none is rolled back
     * @throws MigrationHistoryException if an applied migration was edited or has vanished
     * @throws MigrationFailedException if a rollback fails; those rolled back before it stay so
     */
    public static List<String> rollBackDirectory(PostgresConfig target, String location, String namespace, int count) {
        return rollBackDirectory(new DriverDataSource(target), location, namespace, count);
    }
}
