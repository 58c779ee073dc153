package io.hexai.jpa.query;

import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The columns of a result, found by names in any case, with or without underscores. Immutable. */
final class Columns {

    private final QueryName query;
    private final List<String> names;
    private final List<String> types;
    private final Map<String, List<Integer>> byKey = new HashMap<>();

    Columns(QueryName query, List<String> names, List<String> types) {
        this.query = query;
        this.names = List.copyOf(names);
        this.types = List.copyOf(types);
        for (int i = 0; i < names.size(); i++) {
            byKey.computeIfAbsent(key(names.get(i)), key -> new ArrayList<>(1)).add(i);
        }
    }

    static Columns of(ResultSet rows, QueryName query) throws SQLException {
        ResultSetMetaData metaData = rows.getMetaData();
        List<String> names = new ArrayList<>();
        List<String> types = new ArrayList<>();
        for (int i = 1; i <= metaData.getColumnCount(); i++) {
            names.add(metaData.getColumnLabel(i));
            types.add(metaData.getColumnTypeName(i));
        }
        return new Columns(query, names, types);
    }

    static String key(String name) {
        return name.replace("_", "").toLowerCase(Locale.ROOT);
    }

    QueryName query() {
        return query;
    }

    List<String> names() {
        return names;
    }

    int size() {
        return names.size();
    }

    String name(int index) {
        return names.get(index);
    }

    String type(int index) {
        return types.get(index);
    }

    /** Returns where the column is, or null if there is none. */
    @Nullable
    Integer indexOf(String name) {
        List<Integer> found = byKey.get(key(name));
        if (found == null) {
            return null;
        }
        if (found.size() > 1) {
            throw new QueryResultException(
                    query,
                    name,
                    "Column '" + name + "' stands " + found.size() + " times in the result of " + query
                            + ". Give each a name of its own with AS.",
                    null);
        }
        return found.get(0);
    }

    boolean hasBeginningWith(String prefix) {
        String key = key(prefix);
        return byKey.keySet().stream().anyMatch(name -> name.startsWith(key) && name.length() > key.length());
    }

    int requireIndexOf(String name) {
        Integer index = indexOf(name);
        if (index == null) {
            throw new QueryResultException(
                    query,
                    name,
                    "There is no column '" + name + "' in the result of " + query + ", whose columns are " + names + "."
                            + NearestName.hint(name, names),
                    null);
        }
        return index;
    }
}
