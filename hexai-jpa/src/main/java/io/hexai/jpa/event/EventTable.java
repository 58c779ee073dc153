package io.hexai.jpa.event;

import jakarta.persistence.EntityManagerFactory;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.persister.entity.EntityPersister;

/** The names of a store's table, columns, sequence and counter, as SQL writes them. */
record EventTable(
        String name,
        String position,
        String messageType,
        String headers,
        String payload,
        String createdAt,
        String streamId,
        String streamVersion,
        String sequence,
        String counter) {

    private static final String DEFAULT_TABLE = "hexai__events";
    private static final String DEFAULT_COUNTER = "hexai__event_position_counter";

    static EventTable of(EntityManagerFactory factory, Class<? extends EventEntity> entity) {
        EntityPersister mapping = factory.unwrap(SessionFactoryImplementor.class)
                .getMappingMetamodel()
                .findEntityDescriptor(entity);
        if (mapping == null) {
            throw new IllegalArgumentException("The entity " + entity.getName()
                    + " is not part of the persistence unit. Add it to its managed classes"
                    + " (HexaiJpa.managedClasses() lists those of the library).");
        }
        String table = mapping.getMappedTableDetails().getTableName();
        return new EventTable(
                table,
                mapping.getIdentifierMapping().getSelectable(0).getSelectionExpression(),
                column(mapping, "messageType"),
                column(mapping, "headers"),
                column(mapping, "payload"),
                column(mapping, "createdAt"),
                column(mapping, "streamId"),
                column(mapping, "streamVersion"),
                withSuffix(table, "_position_seq"),
                isDefault(table)
                        ? table.replace(DEFAULT_TABLE, DEFAULT_COUNTER)
                        : withSuffix(table, "_position_counter"));
    }

    private static String column(EntityPersister mapping, String attribute) {
        return mapping.findAttributeMapping(attribute).getSelectable(0).getSelectionExpression();
    }

    private static boolean isDefault(String table) {
        String name = table.substring(table.lastIndexOf('.') + 1);
        return name.equals(DEFAULT_TABLE) || name.equals('"' + DEFAULT_TABLE + '"');
    }

    private static String withSuffix(String table, String suffix) {
        return table.endsWith("\"") ? table.substring(0, table.length() - 1) + suffix + '"' : table + suffix;
    }

    /** The sequence as an argument of {@code nextval}. */
    String sequenceLiteral() {
        return "'" + sequence.replace("'", "''") + "'::regclass";
    }
}
