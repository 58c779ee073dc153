package io.hexai.jpa.database;

import io.hexai.jpa.database.SchemaDifference.Kind;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.hibernate.boot.Metadata;
import org.hibernate.boot.model.relational.Namespace;
import org.hibernate.boot.model.relational.Sequence;
import org.hibernate.boot.model.relational.SqlStringGenerationContext;
import org.hibernate.mapping.Column;
import org.hibernate.mapping.Index;
import org.hibernate.mapping.Table;
import org.hibernate.mapping.UniqueKey;
import org.jspecify.annotations.Nullable;

/** Compares the tables that Hibernate would make with those that are there. */
final class SchemaComparison {

    /** What may follow the type in a column definition. */
    private static final Pattern AFTER_TYPE = Pattern.compile(
            "\\s+(not\\s+null|null|default|generated|check|references|collate|unique|primary|constraint)\\b.*",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private static final Set<String> TABLES = Set.of("r", "p");

    private final Metadata model;
    private final SqlStringGenerationContext names;
    private final SchemaCatalog catalog;
    private final Set<Column> neverNull;
    private final List<SchemaDifference> differences = new ArrayList<>();

    SchemaComparison(Metadata model, SqlStringGenerationContext names, SchemaCatalog catalog) {
        this.model = model;
        this.names = names;
        this.catalog = catalog;
        this.neverNull = PrimitiveColumns.of(model);
    }

    List<SchemaDifference> differences() throws SQLException {
        Map<String, Table> tables = new TreeMap<>();
        Map<String, Sequence> sequences = new TreeMap<>();
        for (Namespace namespace : model.getDatabase().getNamespaces()) {
            for (Table table : namespace.getTables()) {
                if (table.isPhysicalTable()) {
                    tables.put(names.format(table.getQualifiedTableName()), table);
                }
            }
            for (Sequence sequence : namespace.getSequences()) {
                sequences.put(names.format(sequence.getName()), sequence);
            }
        }
        for (Map.Entry<String, Table> table : tables.entrySet()) {
            compareTable(table.getKey(), table.getValue());
        }
        for (Map.Entry<String, Sequence> sequence : sequences.entrySet()) {
            compareSequence(sequence.getKey(), sequence.getValue());
        }
        return List.copyOf(differences);
    }

    private void compareTable(String name, Table table) throws SQLException {
        String kind = catalog.kindOf(name);
        if (kind.isEmpty()) {
            differences.add(new SchemaDifference(Kind.TABLE, name, "", "there is no such table"));
            return;
        }
        boolean isTable = TABLES.contains(kind);
        Map<String, SchemaCatalog.Column> actual = catalog.columns(name);
        for (Column column : table.getColumns()) {
            compareColumn(name, column, actual.remove(nameOf(column)), isTable);
        }
        if (isTable) {
            actual.forEach((unmapped, column) -> {
                if (column.notNull() && !column.filled()) {
                    add(Kind.COLUMN, name, unmapped, "it must have a value, and no attribute is mapped to it");
                }
            });
            compareIndexes(name, table);
        }
    }

    private void compareColumn(String table, Column column, SchemaCatalog.@Nullable Column actual, boolean isTable) {
        String name = nameOf(column);
        String mappedType = AFTER_TYPE.matcher(column.getSqlType(model)).replaceFirst("");
        if (actual == null) {
            add(Kind.COLUMN, table, name, "there is no such column; it is mapped as " + mappedType);
            return;
        }
        catalog.typeOf(mappedType)
                .ifPresentOrElse(
                        type -> {
                            if (!actual.type().holds(type)) {
                                add(Kind.TYPE, table, name, "it is " + actual.type() + ", and mapped as " + type);
                            }
                        },
                        () -> add(
                                Kind.TYPE,
                                table,
                                name,
                                "it is " + actual.type() + ", and mapped as " + mappedType
                                        + ", which the server does not know"));
        if (isTable && !actual.notNull() && !column.isNullable()) {
            add(Kind.NULLABILITY, table, name, "it allows null, which the mapping refuses");
        } else if (isTable && actual.notNull() && column.isNullable() && !neverNull.contains(column)) {
            add(Kind.NULLABILITY, table, name, "it refuses null, which the mapping allows");
        }
    }

    private void compareIndexes(String name, Table table) throws SQLException {
        List<SchemaCatalog.Index> actual = catalog.indexes(name);
        if (table.hasPrimaryKey()) {
            requireUnique(name, "the primary key", namesOf(table.getPrimaryKey().getColumns()), actual);
        }
        for (UniqueKey key : table.getUniqueKeys().values()) {
            requireUnique(name, "the unique constraint", namesOf(key.getColumns()), actual);
        }
        for (Index index : table.getIndexes().values()) {
            if (index.getSelectables().stream().allMatch(Column.class::isInstance)) {
                List<String> columns = namesOf(
                        index.getSelectables().stream().map(Column.class::cast).toList());
                compareIndex(name, index, columns, actual);
            }
        }
    }

    private void compareIndex(String table, Index index, List<String> columns, List<SchemaCatalog.Index> actual) {
        if (index.isUnique()) {
            requireUnique(table, "the unique index", columns, actual);
        } else if (actual.stream().noneMatch(one -> startsWith(one.columns(), columns))) {
            add(Kind.INDEX, table, String.join(", ", columns), "there is no index that begins with these columns");
        }
    }

    private void requireUnique(String table, String what, List<String> columns, List<SchemaCatalog.Index> actual) {
        Set<String> wanted = new HashSet<>(columns);
        if (actual.stream().noneMatch(index -> index.unique() && new HashSet<>(index.columns()).equals(wanted))) {
            add(Kind.UNIQUE, table, String.join(", ", columns), what + " is missing");
        }
    }

    private void compareSequence(String name, Sequence sequence) throws SQLException {
        OptionalLong increment = catalog.increment(name);
        if (increment.isEmpty()) {
            add(Kind.SEQUENCE, name, "", "there is no such sequence");
        } else if (increment.getAsLong() != sequence.getIncrementSize()) {
            add(
                    Kind.SEQUENCE,
                    name,
                    "",
                    "it grows by " + increment.getAsLong() + ", and the mapping draws " + sequence.getIncrementSize()
                            + " numbers at once");
        }
    }

    private void add(Kind kind, String relation, String element, String problem) {
        differences.add(new SchemaDifference(kind, relation, element, problem));
    }

    private static boolean startsWith(List<String> all, List<String> first) {
        return all.size() >= first.size() && all.subList(0, first.size()).equals(first);
    }

    private static List<String> namesOf(Collection<Column> columns) {
        return columns.stream().map(SchemaComparison::nameOf).toList();
    }

    /** The server folds a name that is not quoted. */
    private static String nameOf(Column column) {
        return column.isQuoted() ? column.getName() : column.getName().toLowerCase(Locale.ROOT);
    }
}
