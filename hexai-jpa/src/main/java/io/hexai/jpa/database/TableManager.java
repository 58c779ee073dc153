package io.hexai.jpa.database;

import io.hexai.jpa.transaction.UnitOfWork;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the tables of one schema, empties and drops them: for tests, tools and start-up checks. Works on the connection's
 * current schema; {@link #inSchema} gives a view of another. Names are taken as they are, in their own case, never
 * as a pattern or as SQL.
 *
 * <p>It closes nothing that it did not open. Made of a {@link DataSource} it takes a connection for each call, does the
 * call in a transaction of its own, and is thread-safe if the data source is. Made of a {@link Connection} it works inside
 * that connection's transaction and leaves the commit to its owner; in auto-commit mode each call is a transaction. It is then
 * confined to the connection's thread. Tables that belong to an extension are passed over.
 */
public final class TableManager {

    private static final Set<String> LIQUIBASE_LEDGERS = Set.of("databasechangelog", "databasechangeloglock");
    private static final String LEDGERS = "hexai__migrations";
    private static final String DEFAULT_POSITION_COUNTER = "hexai__event_position_counter";
    private static final String POSITION_COUNTER = "_position_counter";

    private final ConnectionSource connections;
    private final @Nullable String schema;

    @FunctionalInterface
    private interface Work<R extends @Nullable Object> {
        R apply(Connection connection, TableCatalog catalog) throws SQLException;
    }

    private TableManager(ConnectionSource connections, @Nullable String schema) {
        this.connections = connections;
        this.schema = schema;
    }

    /**
     * Makes a manager that borrows a connection for each call.
     *
     * @param dataSource where connections come from; stays open
     * @return the manager
     */
    public static TableManager of(DataSource dataSource) {
        return new TableManager(ConnectionSource.of(dataSource), null);
    }

    /**
     * Makes a manager that works on one connection, inside its transaction.
     *
     * @param connection the connection; stays open
     * @return the manager
     */
    public static TableManager of(Connection connection) {
        return new TableManager(ConnectionSource.of(connection), null);
    }

    /**
     * Makes a manager that works inside the current unit of work, or in one of its own where none is active.
     *
     * @param unitOfWork whose transaction the calls join; entities that are managed already do not see what they change
     * @return the manager
     */
    public static TableManager of(UnitOfWork unitOfWork) {
        return new TableManager(ConnectionSource.of(unitOfWork), null);
    }

    /**
     * Returns a view of another schema.
     *
     * @param schema the schema's name, in its own case
     * @return a manager that works the same way, in that schema
     */
    public TableManager inSchema(String schema) {
        return new TableManager(connections, Identifiers.checked("schema", schema));
    }

    /**
     * Tells whether the schema has a table or view of this name.
     *
     * @param table the name, in its own case
     * @return whether there is one
     * @throws DatabaseOperationException if the database cannot be asked
     */
    public boolean exists(String table) {
        return call("Looking for table \"" + table + "\"", (connection, catalog) -> catalog.hasRows(table));
    }

    /**
     * Returns the columns of a table or view.
     *
     * @param table the name, in its own case
     * @return the columns in their order; a table may have none
     * @throws TableNotFoundException if the schema has neither table nor view of this name
     * @throws DatabaseOperationException if the database cannot be asked
     */
    public List<TableColumn> columns(String table) {
        return call("Reading the columns of \"" + table + "\"", (connection, catalog) -> {
            List<TableColumn> columns = catalog.columns(table);
            if (columns.isEmpty()) {
                require(catalog.hasRows(table), catalog, table);
            }
            return columns;
        });
    }

    /**
     * Returns the names of the schema's tables, partitioned ones and their partitions among them, views not.
     *
     * @return the names in order
     * @throws DatabaseOperationException if the database cannot be asked
     */
    public List<String> names() {
        return call("Listing the tables", (connection, catalog) -> catalog.tables());
    }

    /**
     * Empties a table, with every table whose foreign keys lead to it, and starts the sequences of their columns anew. Also
     * empties an event table, whose trigger refuses a plain TRUNCATE; that takes the table's owner.
     *
     * @param table the name, in its own case
     * @throws TableNotFoundException if the schema has no table of this name
     * @throws DatabaseOperationException if the database refuses
     */
    public void truncate(String table) {
        run("Truncating table \"" + table + "\"", (connection, catalog) -> {
            require(catalog.isTable(table), catalog, table);
            truncate(connection, catalog, List.of(table));
        });
    }

    /**
     * Empties all tables of the schema in one statement, and starts the sequences of their columns anew. Spared are the
     * ledgers of migrations and the position counters of event stores, without which migrations would run again and events not be
     * stored at all. Sequences that belong to no column go on, since a running Hibernate holds numbers of them.
     *
     * <p>Tables of other schemas are emptied too if their foreign keys lead into this one. Waits for transactions that use any
     * of the tables. Event tables, whose trigger refuses a plain TRUNCATE, are emptied as well; that takes their owner.
     *
     * @throws DatabaseOperationException if the database refuses; all tables then keep their rows
     */
    public void truncateAll() {
        run("Truncating all tables", (connection, catalog) -> {
            List<String> tables = catalog.tables();
            List<String> emptied =
                    tables.stream().filter(isSpared(tables).negate()).toList();
            if (!emptied.isEmpty()) {
                truncate(connection, catalog, emptied);
            }
        });
    }

    private static Predicate<String> isSpared(List<String> tables) {
        Set<String> present = new HashSet<>(tables);
        return table -> LIQUIBASE_LEDGERS.contains(table.toLowerCase(Locale.ROOT))
                || table.startsWith(LEDGERS)
                || table.equals(DEFAULT_POSITION_COUNTER)
                || (table.endsWith(POSITION_COUNTER)
                        && present.contains(table.substring(0, table.length() - POSITION_COUNTER.length())));
    }

    /** The trigger is off only inside this transaction, and for others the table is locked until it ends. */
    private static void truncate(Connection connection, TableCatalog catalog, List<String> tables) throws SQLException {
        List<TableCatalog.TruncateTrigger> triggers = catalog.appendOnlyTriggers().stream()
                .filter(trigger -> tables.contains(trigger.table()))
                .toList();
        for (TableCatalog.TruncateTrigger trigger : triggers) {
            alterTrigger(connection, catalog, trigger, "DISABLE");
        }
        execute(connection, "TRUNCATE TABLE " + quoted(catalog, tables) + " RESTART IDENTITY CASCADE");
        for (TableCatalog.TruncateTrigger trigger : triggers) {
            alterTrigger(connection, catalog, trigger, trigger.enable());
        }
    }

    private static void alterTrigger(
            Connection connection, TableCatalog catalog, TableCatalog.TruncateTrigger trigger, String mode)
            throws SQLException {
        execute(
                connection,
                "ALTER TABLE " + Identifiers.quoted(catalog.schema(), trigger.table()) + " " + mode + " TRIGGER "
                        + Identifiers.quoted(trigger.name()));
    }

    /**
     * Drops a table with its partitions, and with the views and foreign keys that depend on it. Does nothing if there is none
     * of this name.
     *
     * @param table the name, in its own case
     * @throws DatabaseOperationException if the database refuses, for instance since it is a view
     */
    public void drop(String table) {
        run(
                "Dropping table \"" + table + "\"",
                (connection, catalog) ->
                        drop(connection, catalog, "TABLE", List.of(Identifiers.checked("table", table))));
    }

    /**
     * Drops all tables of the schema, the ledgers of migrations among them, with its views and sequences, so that migrations can
     * build it anew. Functions and types stay. Views and foreign keys of other schemas that depend on what is dropped go too.
     *
     * @throws DatabaseOperationException if the database refuses; everything then stays
     */
    public void dropAll() {
        run("Dropping all tables", (connection, catalog) -> {
            drop(connection, catalog, "MATERIALIZED VIEW", catalog.materializedViews());
            drop(connection, catalog, "VIEW", catalog.views());
            drop(connection, catalog, "FOREIGN TABLE", catalog.foreignTables());
            drop(connection, catalog, "TABLE", catalog.tables());
            drop(connection, catalog, "SEQUENCE", catalog.sequences());
        });
    }

    private static void drop(Connection connection, TableCatalog catalog, String kind, List<String> names)
            throws SQLException {
        if (!names.isEmpty()) {
            execute(connection, "DROP " + kind + " IF EXISTS " + quoted(catalog, names) + " CASCADE");
        }
    }

    private static String quoted(TableCatalog catalog, List<String> names) {
        return names.stream()
                .map(name -> Identifiers.quoted(catalog.schema(), name))
                .collect(Collectors.joining(", "));
    }

    private static void require(boolean present, TableCatalog catalog, String table) {
        if (!present) {
            throw new TableNotFoundException(catalog.schema(), table);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @FunctionalInterface
    private interface Action {
        void accept(Connection connection, TableCatalog catalog) throws SQLException;
    }

    private void run(String operation, Action action) {
        call(operation, (connection, catalog) -> {
            action.accept(connection, catalog);
            return null;
        });
    }

    private <R extends @Nullable Object> R call(String operation, Work<R> work) {
        try {
            return connections.call(connection -> work.apply(connection, TableCatalog.of(connection, schema)));
        } catch (SQLException e) {
            throw new DatabaseOperationException(operation, e);
        }
    }
}
