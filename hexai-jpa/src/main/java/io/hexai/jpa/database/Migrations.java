package io.hexai.jpa.database;

import java.util.Map;
import javax.sql.DataSource;

/**
 * Brings a database's schema up to date, from Liquibase changelogs or from directories of SQL.
 *
 * <p>Every run can be repeated and applies only what is missing. Any number of processes may start one at once: one works, the
 * others wait and then find nothing to do. A migration and its row in the ledger are committed together, so that a crash leaves
 * either both or neither, and no lock outlives the process that held it. A run needs two connections at the same time.
 *
 * <p>Thread-safe.
 */
public final class Migrations {

    private static final String BUILT_IN = "classpath:hexai-jpa/built-in.xml";

    private Migrations() {}

    /**
     * Applies a Liquibase changelog, with the tables, identities and checksums of Liquibase's own command line and Maven
     * plugin: what one has applied the others skip. Each changeset is one transaction together with its row in
     * DATABASECHANGELOG, except those with {@code runInTransaction="false"}: if the process dies between such a change and its
     * row, the next run applies it again, so it should be repeatable.
     *
     * @param target the database
     * @param changelog {@code classpath:…}, or a path, which is recorded relative to the working directory
     * @return what was applied
     * @throws InvalidMigrationException if the changelog is missing or malformed
     * @throws MigrationHistoryException if a changeset was edited after it had been applied
     * @throws MigrationFailedException if a changeset fails; those before it stay applied
     */
    public static MigrationReport run(DataSource target, String changelog) {
        return new LiquibaseRun(target, changelog, Map.of()).run();
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
        return run(target, BUILT_IN);
    }
}
