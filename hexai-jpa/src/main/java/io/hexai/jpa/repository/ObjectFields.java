package io.hexai.jpa.repository;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Copies the state of an object into another one of its class. */
final class ObjectFields {

    private ObjectFields() {}

    static <D> void copy(D from, D to) {
        if (from.getClass() != to.getClass()) {
            throw new IllegalStateException("A " + to.getClass().getName() + " cannot be turned into a "
                    + from.getClass().getName() + ".");
        }
        for (Class<?> type = to.getClass(); type != null && type != Object.class; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers())) {
                    copy(field, from, to);
                }
            }
        }
    }

    private static void copy(Field field, Object from, Object to) {
        try {
            field.setAccessible(true);
            Object value = field.get(from);
            Object present = field.get(to);
            boolean settled = Modifier.isFinal(field.getModifiers())
                    && (isRefilled(present, value) || Objects.equals(present, value));
            if (value != present && !settled) {
                field.set(to, value);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(field + " cannot be restored.", e);
        }
    }

    /** Changes the collection in place, unless it is none, or an unmodifiable one. */
    private static boolean isRefilled(@Nullable Object present, @Nullable Object value) {
        try {
            if (present instanceof Collection<?> collection && value instanceof Collection<?> other) {
                refill(collection, other);
                return true;
            }
            if (present instanceof Map<?, ?> map && value instanceof Map<?, ?> other) {
                refill(map, other);
                return true;
            }
            return false;
        } catch (UnsupportedOperationException e) {
            return false;
        }
    }

    @SuppressWarnings("unchecked") // both are the same field's
    private static void refill(Collection<?> present, Collection<?> value) {
        present.clear();
        ((Collection<Object>) present).addAll(value);
    }

    @SuppressWarnings("unchecked") // both are the same field's
    private static void refill(Map<?, ?> present, Map<?, ?> value) {
        present.clear();
        ((Map<Object, Object>) present).putAll(value);
    }
}
