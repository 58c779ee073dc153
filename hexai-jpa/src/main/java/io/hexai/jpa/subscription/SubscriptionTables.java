package io.hexai.jpa.subscription;

import io.hexai.jpa.event.EventStore;
import java.util.List;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.persister.entity.EntityPersister;

/** The names of the tables that subscriptions keep their state in, as SQL writes them. */
record SubscriptionTables(String subscriptions, String checkpoints, String deadLetters) {

    static final List<Class<?>> ENTITIES =
            List.of(SubscriptionEntity.class, CheckpointEntity.class, DeadLetterEntity.class);

    static SubscriptionTables of(SessionFactoryImplementor factory) {
        List<String> names =
                ENTITIES.stream().map(entity -> table(factory, entity)).toList();
        return new SubscriptionTables(names.get(0), names.get(1), names.get(2));
    }

    private static String table(SessionFactoryImplementor factory, Class<?> entity) {
        EntityPersister mapping = factory.getMappingMetamodel().findEntityDescriptor(entity);
        if (mapping == null) {
            throw new IllegalArgumentException("The entity " + entity.getName()
                    + " is not part of the persistence unit, where a subscription to an "
                    + EventStore.class.getSimpleName()
                    + " keeps its checkpoints. Add those of HexaiJpa.managedClasses() to its managed classes.");
        }
        return mapping.getMappedTableDetails().getTableName();
    }
}
