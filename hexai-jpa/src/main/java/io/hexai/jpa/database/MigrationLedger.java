package io.hexai.jpa.database;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The table that records which directories' migrations were applied. The TypeScript library's has the same names, no checksum
 * and tag, and in its older versions no unique key: these are added.
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

    /** One row. */
    record Entry(String name, String checksum, @Nullable String tag) {}

    /** Leaves the table as it is, also if it is not there. */
    static MigrationLedger of(Connection connection, String table) {
        return new MigrationLedger(connection, table);
    }

    /** Creates the table if it is not there, and adds what it lacks. */
    static MigrationLedger open(Connection connection, String table) throws SQLException {
        MigrationLedger ledger = of(connection, table);
        ledger.create();
        return ledger;
    }

    /** Returns the applied migrations, in the order of being applied; an empty checksum is unknown. */
    List<Entry> applied() throws SQLException {
        if (columns().isEmpty()) {
            return List.of();
        }
        // The row as JSON, since an older table has not all columns.
        String query = "SELECT name, coalesce(to_jsonb(l) ->> 'checksum', ''), to_jsonb(l) ->> 'tag' FROM " + quoted
                + " l ORDER BY id";
        List<Entry> applied = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                applied.add(new Entry(rows.getString(1), rows.getString(2), rows.getString(3)));
            }
        }
        return applied;
    }

    void add(MigrationFile migration) throws SQLException {
        update("INSERT INTO " + quoted + " (name, checksum) VALUES (?, ?)", migration.name(), migration.checksum());
    }

    /** The statement of {@link #add} with its values in it. */
    String additionOf(MigrationFile migration) {
        return "INSERT INTO " + quoted + " (name, checksum) VALUES (" + literal(migration.name()) + ", "
                + literal(migration.checksum()) + ")";
    }

    /** Records the checksum of a migration that was applied by somebody who keeps none. */
    void adopt(MigrationFile migration) throws SQLException {
        update("UPDATE " + quoted + " SET checksum = ? WHERE name = ?", migration.checksum(), migration.name());
    }

    void remove(MigrationFile migration) throws SQLException {
        update("DELETE FROM " + quoted + " WHERE name = ?", migration.name());
    }

    /** The statement of {@link #remove} with its value in it. */
    String removalOf(MigrationFile migration) {
        return "DELETE FROM " + quoted + " WHERE name = " + literal(migration.name());
    }

    /** Marks the migration that was applied last, and no other one, and returns whether there is one. */
    boolean tag(String tag) throws SQLException {
        update("UPDATE " + quoted + " SET tag = NULL WHERE tag = ?", tag);
        return update("UPDATE " + quoted + " SET tag = ? WHERE id = (SELECT max(id) FROM " + quoted + ")", tag) == 1;
    }

    /** Returns the statements that create the table or add what it lacks, none if it is as it should be. */
    List<String> preparation() throws SQLException {
        Set<String> columns = columns();
        if (columns.isEmpty()) {
            return List.of("CREATE TABLE IF NOT EXISTS " + quoted
                    + " (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE,"
                    + " checksum text, run_on timestamptz NOT NULL DEFAULT now(), tag text)");
        }
        return Stream.of("checksum", "tag")
                .filter(column -> !columns.contains(column))
                .map(column -> "ALTER TABLE " + quoted + " ADD COLUMN IF NOT EXISTS " + column + " text")
                .toList();
    }

    private Set<String> columns() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT attname FROM pg_attribute"
                + " WHERE attrelid = to_regclass(?) AND attnum > 0 AND NOT attisdropped")) {
            statement.setString(1, quoted);
            try (ResultSet rows = statement.executeQuery()) {
                Set<String> columns = new HashSet<>();
                while (rows.next()) {
                    columns.add(rows.getString(1));
                }
                return columns;
            }
        }
    }

    private void create() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL client_min_messages = warning");
            for (String sql : preparation()) {
                statement.execute(sql);
            }
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

    private int update(String sql, String... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            return statement.executeUpdate();
        }
    }

    private static String literal(String value) {
        return "'" + value.replace("'", "''") + "'";
    }
}
