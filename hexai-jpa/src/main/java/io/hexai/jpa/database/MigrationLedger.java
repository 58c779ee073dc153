package io.hexai.jpa.database;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The table that records which directories' migrations were applied. The TypeScript library's has the same names, no checksum,
 * and in its older versions no unique key: both are added.
 */
final class MigrationLedger {

    private static final String TABLE = "hexai__migrations";
    private static final int MAX_BYTES = 63;

    private final Connection connection;
    private final String table;
    private final String quoted;

    private MigrationLedger(Connection connection, String table) {
        this.connection = connection;
        this.table = table;
        this.quoted = "\"" + table.replace("\"", "\"\"") + "\"";
    }

    /** Returns the table's name for a namespace, the empty one being none. */
    static String table(String namespace) {
        String table = namespace.isEmpty() ? TABLE : TABLE + "_" + namespace;
        int bytes = table.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_BYTES || table.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("The namespace \"" + namespace + "\" makes a table name of " + bytes
                    + " bytes: PostgreSQL would cut it to " + MAX_BYTES
                    + ", and two namespaces might share one table. Use a"
                    + " shorter one");
        }
        return table;
    }

    /** Creates the table if it is not there, and adds what it lacks. */
    static MigrationLedger open(Connection connection, String table) throws SQLException {
        MigrationLedger ledger = new MigrationLedger(connection, table);
        ledger.create();
        return ledger;
    }

    /** Returns the applied migrations with their checksums, in the order of being applied; an empty checksum is unknown. */
    Map<String, String> applied() throws SQLException {
        Map<String, String> applied = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT name, coalesce(checksum, '') FROM " + quoted + " ORDER BY id")) {
            while (rows.next()) {
                applied.put(rows.getString(1), rows.getString(2));
            }
        }
        return applied;
    }

    void add(MigrationFile migration) throws SQLException {
        update("INSERT INTO " + quoted + " (name, checksum) VALUES (?, ?)", migration.name(), migration.checksum());
    }

    /** Records the checksum of a migration that was applied by somebody who keeps none. */
    void adopt(MigrationFile migration) throws SQLException {
        update("UPDATE " + quoted + " SET checksum = ? WHERE name = ?", migration.checksum(), migration.name());
    }

    void remove(MigrationFile migration) throws SQLException {
        update("DELETE FROM " + quoted + " WHERE name = ?", migration.name());
    }

    private void create() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL client_min_messages = warning");
            statement.execute(
                    "CREATE TABLE IF NOT EXISTS " + quoted + " (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
                            + " name text NOT NULL UNIQUE, checksum text, run_on timestamptz NOT NULL DEFAULT now())");
            statement.execute("ALTER TABLE " + quoted + " ADD COLUMN IF NOT EXISTS checksum text");
        }
        refuseDuplicates();
        if (!hasUniqueName()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("ALTER TABLE " + quoted + " ADD UNIQUE (name)");
            }
        }
        connection.commit();
    }

    private void refuseDuplicates() throws SQLException {
        List<String> duplicates = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT name FROM " + quoted + " GROUP BY name HAVING count(*) > 1 ORDER BY name")) {
            while (rows.next()) {
                duplicates.add(rows.getString(1));
            }
        }
        if (!duplicates.isEmpty()) {
            throw new InvalidMigrationException(
                    table,
                    "lists more than once: " + String.join(", ", duplicates) + ". Delete the rows that are too many",
                    null);
        }
    }

    private boolean hasUniqueName() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT EXISTS (SELECT FROM pg_index i"
                + " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ALL (i.indkey)"
                + " WHERE i.indrelid = ?::regclass AND i.indisunique AND i.indpred IS NULL AND a.attname = 'name')")) {
            statement.setString(1, quoted);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    private void update(String sql, String... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            statement.executeUpdate();
        }
    }
}
