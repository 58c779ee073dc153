package io.hexai.jpa.repository;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** Brings collections of entities into line with the domain's, touching only what differs. */
final class ChildRows {

    private ChildRows() {}

    static <C, R, K> void merge(
            Collection<? extends C> children,
            Function<? super C, ? extends K> childKey,
            Collection<R> rows,
            Function<? super R, ? extends K> rowKey,
            Supplier<? extends R> newRow,
            BiConsumer<? super C, ? super R> copy) {
        Map<K, R> left = new LinkedHashMap<>();
        rows.forEach(row -> left.put(rowKey.apply(row), row));
        Set<K> seen = new HashSet<>();
        List<R> merged = new ArrayList<>(children.size());
        List<R> added = new ArrayList<>(0);
        for (C child : children) {
            K key = childKey.apply(child);
            if (!seen.add(key)) {
                throw new IllegalArgumentException("Two children have the key " + key + ".");
            }
            R row = left.remove(key);
            if (row == null) {
                row = newRow.get();
                added.add(row);
            }
            copy.accept(child, row);
            merged.add(row);
        }
        if (!left.isEmpty()) {
            rows.removeAll(left.values());
        }
        if (!added.isEmpty()) {
            rows.addAll(added);
        }
        if (rows instanceof List<R> list && !isSame(list, merged)) {
            list.clear();
            list.addAll(merged);
        }
    }

    static <V> void mergeValues(Collection<? extends V> values, Collection<V> stored) {
        boolean same = stored instanceof List<V>
                ? new ArrayList<>(stored).equals(new ArrayList<>(values))
                : new HashSet<>(stored).equals(new HashSet<>(values));
        if (!same) {
            stored.clear();
            stored.addAll(values);
        }
    }

    private static <R> boolean isSame(List<R> list, List<R> other) {
        if (list.size() != other.size()) {
            return false;
        }
        for (int i = 0; i < other.size(); i++) {
            if (list.get(i) != other.get(i)) {
                return false;
            }
        }
        return true;
    }
}
