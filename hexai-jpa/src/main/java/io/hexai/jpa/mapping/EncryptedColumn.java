package io.hexai.jpa.mapping;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.AttributeMappingsList;
import org.hibernate.metamodel.mapping.BasicValuedModelPart;
import org.hibernate.metamodel.mapping.EmbeddableValuedModelPart;
import org.hibernate.metamodel.mapping.JdbcMapping;
import org.hibernate.metamodel.mapping.TableDetails.KeyColumn;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.persister.entity.mutation.EntityTableMapping;
import org.jspecify.annotations.Nullable;

/**
 * A column with ciphertexts, for the re-encryption: by SQL, since it concerns every row, also those that a filter, a soft
 * deletion or another class of the hierarchy hides from the entity.
 */
final class EncryptedColumn {

    private final EntityPersister persister;
    private final String table;
    private final String column;
    private final List<? extends KeyColumn> keys;
    private final List<String> keyNames;
    private final Ciphers ciphers;

    private EncryptedColumn(EntityPersister persister, EntityTableMapping table, String column, Ciphers ciphers) {
        this.persister = persister;
        this.table = table.getTableName();
        this.column = column;
        this.keys = table.getKeyMapping().getKeyColumns();
        this.keyNames = keyNames(persister);
        this.ciphers = ciphers;
    }

    private static List<String> keyNames(EntityPersister persister) {
        List<String> names = new ArrayList<>();
        if (persister.getIdentifierMapping() instanceof EmbeddableValuedModelPart composite) {
            composite.getEmbeddableTypeDescriptor().forEachAttributeMapping(part -> names.add(part.getAttributeName()));
        }
        return names;
    }

    /** How the values of a column are decrypted and encrypted; row bound or not. */
    private interface Ciphers {
        byte[] primaryPrefix();

        byte[] rewritten(byte[] sealed, List<String> row);
    }

    /** Returns the columns of all entities of the session's factory, each once. */
    static List<EncryptedColumn> allOf(SessionImplementor session) {
        SessionFactoryImplementor factory = session.getFactory();
        Encryption encryption = Encryption.of(factory);
        Map<List<String>, EncryptedColumn> columns = new LinkedHashMap<>();
        factory.getMappingMetamodel().forEachEntityDescriptor(persister -> {
            if (!persister.isAbstract()) {
                persister.forEachAttributeMapping(attribute -> {
                    EntityTableMapping table = tableOf(persister, attribute);
                    if (table != null) {
                        addTo(columns, persister, table, attribute, encryption);
                    }
                });
            }
        });
        return List.copyOf(columns.values());
    }

    private static @Nullable EntityTableMapping tableOf(EntityPersister persister, AttributeMapping attribute) {
        EntityTableMapping[] found = {null};
        persister.forEachMutableTable(table -> {
            if (Arrays.stream(table.getAttributeIndexes()).anyMatch(i -> i == attribute.getStateArrayPosition())) {
                found[0] = table;
            }
        });
        return found[0];
    }

    private static void addTo(
            Map<List<String>, EncryptedColumn> columns,
            EntityPersister persister,
            EntityTableMapping table,
            AttributeMapping attribute,
            Encryption encryption) {
        if (attribute instanceof EmbeddableValuedModelPart embedded) {
            AttributeMappingsList parts = embedded.getEmbeddableTypeDescriptor().getAttributeMappings();
            for (int i = 0; i < parts.size(); i++) {
                addTo(columns, persister, table, parts.get(i), encryption);
            }
        } else if (attribute instanceof BasicValuedModelPart basic) {
            Ciphers ciphers = ciphersOf(basic, attribute.getAttributeName(), persister, encryption);
            if (ciphers != null) {
                columns.computeIfAbsent(
                        List.of(table.getTableName(), basic.getSelectionExpression()),
                        key -> new EncryptedColumn(persister, table, basic.getSelectionExpression(), ciphers));
            }
        }
    }

    private static @Nullable Ciphers ciphersOf(
            BasicValuedModelPart part, String name, EntityPersister persister, Encryption encryption) {
        if (part.getJdbcMapping().getMappedJavaType() instanceof DeterministicJavaType<?> type) {
            return new Deterministic(type, persister.getFactory());
        }
        return encryption.attributesOf(persister).stream()
                .filter(attribute -> attribute.name().equals(name))
                .findFirst()
                .map(RowBound::new)
                .orElse(null);
    }

    private record RowBound(EncryptedAttribute attribute) implements Ciphers {
        @Override
        public byte[] primaryPrefix() {
            return attribute.keys().primaryPrefix();
        }

        @Override
        public byte[] rewritten(byte[] sealed, List<String> row) {
            return attribute.encrypt(attribute.decrypt(sealed, row), row);
        }
    }

    private record Deterministic(DeterministicJavaType<?> type, SessionFactoryImplementor factory) implements Ciphers {
        @Override
        public byte[] primaryPrefix() {
            return type.keys(factory).primaryPrefix();
        }

        @Override
        public byte[] rewritten(byte[] sealed, List<String> row) {
            return type.keys(factory)
                    .encrypt(
                            type.decryptToBytes(sealed, factory), type.context().ofColumn());
        }
    }

    SessionFactoryImplementor factory() {
        return persister.getFactory();
    }

    String entityName() {
        return persister.getEntityName();
    }

    private String keyList() {
        return keys.stream().map(KeyColumn::getColumnName).collect(Collectors.joining(", "));
    }

    /** What was done to some rows, and the key of the last one, or null if there was none. */
    record Page(ReEncryptionTally tally, @Nullable List<Object> lastKey) {}

    /** Rewrites rows that follow the given key. */
    Page rewritePage(SessionImplementor session, List<Object> after, int size) {
        return session.doReturningWork(connection -> {
            List<Row> rows = read(connection, session, after, size);
            ReEncryptionTally tally = new ReEncryptionTally();
            for (Row row : rows) {
                rewrite(connection, session, row, tally);
            }
            return new Page(tally, rows.isEmpty() ? null : rows.get(rows.size() - 1).key);
        });
    }

    @Override
    public String toString() {
        return "Column " + column + " of " + table;
    }

    private List<Row> read(Connection connection, SessionImplementor session, List<Object> after, int size)
            throws SQLException {
        String marks = String.join(", ", Collections.nCopies(keys.size(), "?"));
        String sql = "select " + keyList() + ", " + column + " from " + table + " where substring(" + column
                + " from 1 for ?) <> ?"
                + (after.isEmpty() ? "" : " and (" + keyList() + ") > (" + marks + ")")
                + " order by " + keyList() + " limit ?";
        byte[] primary = ciphers.primaryPrefix();
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setInt(1, primary.length);
            select.setBytes(2, primary);
            int next = after.isEmpty() ? 3 : bindKey(select, 3, after, session);
            select.setInt(next, size);
            try (ResultSet results = select.executeQuery()) {
                List<Row> rows = new ArrayList<>();
                while (results.next()) {
                    List<Object> key = new ArrayList<>(keys.size());
                    for (int i = 0; i < keys.size(); i++) {
                        key.add(mapping(i).getJdbcValueExtractor().extract(results, i + 1, session));
                    }
                    rows.add(new Row(key, results.getBytes(keys.size() + 1)));
                }
                return rows;
            }
        }
    }

    /** Replaces the value only if it is still the one that was read. */
    private void rewrite(Connection connection, SessionImplementor session, Row row, ReEncryptionTally tally)
            throws SQLException {
        byte[] rewritten;
        try {
            rewritten = ciphers.rewritten(row.sealed, identity(row.key));
        } catch (EncryptedAttributeException e) {
            tally.unreadable(e);
            return;
        }
        String conditions = keys.stream()
                .map(key -> key.getColumnName() + " = ?")
                .collect(Collectors.joining(" and ", "", " and " + column + " = ?"));
        try (PreparedStatement update =
                connection.prepareStatement("update " + table + " set " + column + " = ? where " + conditions)) {
            update.setBytes(1, rewritten);
            update.setBytes(bindKey(update, 2, row.key, session), row.sealed);
            tally.count(update.executeUpdate());
        }
    }

    private List<String> identity(List<Object> key) {
        if (keyNames.isEmpty()) {
            return List.of(key.get(0).toString());
        }
        Map<String, Object> parts = new TreeMap<>();
        for (int i = 0; i < keyNames.size(); i++) {
            parts.put(keyNames.get(i), key.get(i));
        }
        return RowIdentity.of(parts);
    }

    @SuppressWarnings("unchecked") // the values were read through the same mapping
    private int bindKey(PreparedStatement statement, int first, List<Object> key, SessionImplementor session)
            throws SQLException {
        for (int i = 0; i < keys.size(); i++) {
            mapping(i).getJdbcValueBinder().bind(statement, key.get(i), first + i, session);
        }
        return first + keys.size();
    }

    private JdbcMapping mapping(int key) {
        return keys.get(key).getJdbcMapping();
    }

    private static final class Row {
        private final List<Object> key;
        private final byte[] sealed;

        Row(List<Object> key, byte[] sealed) {
            this.key = key;
            this.sealed = sealed;
        }
    }
}
