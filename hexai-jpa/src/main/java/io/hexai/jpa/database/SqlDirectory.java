package io.hexai.jpa.database;

/**
 * A directory of SQL migrations: directories {@code 001_name} with a {@code migration.sql}, ordered by their numbers, then by
 * name. After a line {@code -- rollback} may follow what takes a migration back. Immutable.
 */
public final class SqlDirectory implements MigrationSource {

    private final String location;
    private final String namespace;

    private SqlDirectory(String location, String namespace) {
        this.location = location;
        this.namespace = namespace;
    }

    /**
     * Names a directory whose ledger is {@code hexai__migrations}.
     *
     * @param location {@code classpath:…} or a path; read when something is done with it
     * @return the directory
     */
    public static SqlDirectory at(String location) {
        return new SqlDirectory(location, "");
    }

    /**
     * Returns the directory with a ledger of its own, {@code hexai__migrations_namespace}. Namespaces know nothing of each
     * other.
     *
     * @param namespace the ending of the ledger's name, or an empty string for none
     * @return a copy
     * @throws IllegalArgumentException if the ledger's name gets longer than 63 bytes
     */
    public SqlDirectory withNamespace(String namespace) {
        MigrationLedger.table(namespace);
        return new SqlDirectory(location, namespace);
    }

    MigrationLocation location() {
        return MigrationLocation.parse(location);
    }

    /** The ledger's table. */
    String table() {
        return MigrationLedger.table(namespace);
    }

    /** Returns the location. */
    @Override
    public String toString() {
        return location;
    }
}
