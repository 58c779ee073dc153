package io.hexai.jpa.subscription;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.persister.collection.CollectionPersister;
import org.hibernate.persister.entity.EntityPersister;

/** Finds the tables of a read model, as SQL writes them. */
final class ReadModelTables {

    private ReadModelTables() {}

    /** Takes names of tables and entity classes. */
    static List<String> of(SessionFactoryImplementor factory, String subscription, List<Object> declared) {
        Set<String> tables = new LinkedHashSet<>();
        for (Object each : declared) {
            if (each instanceof Class<?> entity) {
                tables.addAll(tables(factory, subscription, entity));
            } else {
                tables.add('"' + each.toString().replace("\"", "\"\"") + '"');
            }
        }
        return List.copyOf(tables);
    }

    private static List<String> tables(SessionFactoryImplementor factory, String subscription, Class<?> entity) {
        EntityPersister mapping = factory.getMappingMetamodel().findEntityDescriptor(entity);
        if (mapping == null) {
            throw new IllegalArgumentException("The read model of subscription '" + subscription + "' names "
                    + entity.getName() + ", which is not an entity of the persistence unit.");
        }
        List<String> tables = new ArrayList<>();
        for (var space : mapping.getQuerySpaces()) {
            tables.add(space.toString());
        }
        factory.getMappingMetamodel().forEachCollectionDescriptor(collection -> {
            if (collection.getOwnerEntityPersister() == mapping && hasTable(collection)) {
                for (var space : collection.getCollectionSpaces()) {
                    tables.add(space.toString());
                }
            }
        });
        for (String table : tables) {
            if (table.contains(".")) {
                throw new IllegalArgumentException("The read model of subscription '" + subscription
                        + "' cannot be rebuilt in the shadow: " + entity.getName() + " is mapped to " + table
                        + " with its schema, so its handlers cannot be led to a copy. Map it without one, or rebuild by"
                        + " onRebuild(…) alone.");
            }
        }
        return tables;
    }

    private static boolean hasTable(CollectionPersister collection) {
        return !collection.isOneToMany();
    }
}
