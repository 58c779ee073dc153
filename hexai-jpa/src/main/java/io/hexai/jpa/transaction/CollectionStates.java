package io.hexai.jpa.transaction;

import java.util.Collection;
import java.util.Map;
import org.hibernate.collection.spi.PersistentCollection;
import org.hibernate.engine.spi.CollectionEntry;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.persister.collection.CollectionPersister;
import org.hibernate.type.CollectionType;
import org.hibernate.type.ComponentType;
import org.hibernate.type.Type;
import org.jspecify.annotations.Nullable;

/** Tells whether the next flush would write a collection. */
final class CollectionStates {

    private CollectionStates() {}

    /** Also of those inside embeddables, which are no attributes of their own. */
    static boolean holdsChanged(@Nullable Object value, Type type, SessionImplementor session) {
        if (type instanceof CollectionType) {
            return !AttributeValues.isAbsent(value) && isChanged(value, session);
        }
        if (type instanceof ComponentType component && value != null && AttributeValues.holdsCollection(component)) {
            @Nullable Object[] values = component.getPropertyValues(value);
            for (int i = 0; i < values.length; i++) {
                if (holdsChanged(values[i], component.getSubtypes()[i], session)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isChanged(@Nullable Object value, SessionImplementor session) {
        if (value instanceof PersistentCollection<?> collection) {
            CollectionEntry entry = session.getPersistenceContextInternal().getCollectionEntry(collection);
            CollectionPersister persister = entry == null ? null : entry.getLoadedPersister();
            return persister == null
                    ? !isEmpty(value)
                    : collection.isDirty()
                            || collection.hasQueuedOperations()
                            || collection.wasInitialized()
                                    && persister.isMutable()
                                    && !collection.equalsSnapshot(persister);
        }
        return value != null && !isEmpty(value);
    }

    private static boolean isEmpty(Object value) {
        return value instanceof Collection<?> collection && collection.isEmpty()
                || value instanceof Map<?, ?> map && map.isEmpty();
    }
}
