package io.hexai.jpa.mapping;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.type.ComponentType;
import org.hibernate.type.Type;
import org.jspecify.annotations.Nullable;

/**
 * An identifier as text that stays the same whatever happens to the mapping's order or to the width of an integer. Part of the
 * format of ciphertexts: what it makes must never change.
 */
final class RowIdentity {

    private static final Set<Class<?>> SUPPORTED = Set.of(
            String.class, UUID.class, Long.class, Integer.class, Short.class, long.class, int.class, short.class);

    private RowIdentity() {}

    /** Tells why rows of the entity cannot be told apart before they are inserted, or returns null. */
    static @Nullable String unsuitable(EntityPersister persister) {
        if (persister.getGenerator().generatedOnExecution()) {
            return "belongs to an entity whose identifier the database generates during the insertion; use a sequence or a UUID";
        }
        Type type = persister.getIdentifierType();
        Type[] parts = type instanceof ComponentType composite ? composite.getSubtypes() : new Type[] {type};
        for (Type part : parts) {
            if (!SUPPORTED.contains(part.getReturnedClass())) {
                return "belongs to an entity whose identifier is or contains a "
                        + part.getReturnedClass().getName() + ", not only texts, UUIDs and integers";
            }
        }
        return null;
    }

    static List<String> of(EntityPersister persister, Object id) {
        if (persister.getIdentifierType() instanceof ComponentType composite) {
            Map<String, Object> parts = new TreeMap<>();
            Object[] values = composite.getPropertyValues(id);
            for (int i = 0; i < values.length; i++) {
                parts.put(composite.getPropertyNames()[i], values[i]);
            }
            return of(parts);
        }
        return List.of(id.toString());
    }

    /** Of a composite, by the names of its attributes in their natural order. */
    static List<String> of(Map<String, Object> sortedParts) {
        List<String> texts = new ArrayList<>(2 * sortedParts.size());
        sortedParts.forEach((name, value) -> {
            texts.add(name);
            texts.add(value.toString());
        });
        return texts;
    }
}
