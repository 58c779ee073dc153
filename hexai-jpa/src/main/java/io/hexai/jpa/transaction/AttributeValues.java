package io.hexai.jpa.transaction;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.hibernate.bytecode.enhance.spi.LazyPropertyInitializer;
import org.hibernate.collection.spi.PersistentCollection;
import org.hibernate.property.access.internal.PropertyAccessStrategyBackRefImpl;
import org.hibernate.type.CollectionType;
import org.hibernate.type.ComponentType;
import org.hibernate.type.Type;
import org.jspecify.annotations.Nullable;

/** Copies attribute values, and exchanges the collections in them, also those inside embeddables. */
final class AttributeValues {

    private AttributeValues() {}

    /** Marks of Hibernate's for attributes that have no value in memory. */
    static boolean isAbsent(@Nullable Object value) {
        return value == LazyPropertyInitializer.UNFETCHED_PROPERTY
                || value == PropertyAccessStrategyBackRefImpl.UNKNOWN;
    }

    /** Returns the value with each collection in it replaced; an embeddable that holds one is changed in place. */
    static @Nullable Object withCollections(
            @Nullable Object value, Type type, UnaryOperator<@Nullable Object> replacement) {
        if (type instanceof CollectionType) {
            return isAbsent(value) ? value : replacement.apply(value);
        }
        if (type instanceof ComponentType component && value != null && holdsCollection(component)) {
            @Nullable Object[] values = component.getPropertyValues(value);
            Type[] types = component.getSubtypes();
            boolean changed = false;
            for (int i = 0; i < values.length; i++) {
                Object replaced = withCollections(values[i], types[i], replacement);
                changed |= replaced != values[i];
                values[i] = replaced;
            }
            if (changed) {
                component.setPropertyValues(value, values);
            }
        }
        return value;
    }

    static boolean holdsCollection(Type type) {
        if (type instanceof ComponentType component) {
            for (Type subtype : component.getSubtypes()) {
                if (holdsCollection(subtype)) {
                    return true;
                }
            }
            return false;
        }
        return type instanceof CollectionType;
    }

    /** Returns a collection of the JDK's with the contents and the order of Hibernate's wrapper. */
    static @Nullable Object unwrapped(@Nullable Object value) {
        if (!(value instanceof PersistentCollection<?> wrapper) || !wrapper.wasInitialized()) {
            return value;
        }
        if (value instanceof SortedMap<?, ?> map) {
            return new TreeMap<>(map);
        }
        if (value instanceof Map<?, ?> map) {
            return new LinkedHashMap<>(map);
        }
        if (value instanceof SortedSet<?> set) {
            return new TreeSet<>(set);
        }
        if (value instanceof Set<?> set) {
            return new LinkedHashSet<>(set);
        }
        return value instanceof Collection<?> collection ? new ArrayList<>(collection) : value;
    }
}
