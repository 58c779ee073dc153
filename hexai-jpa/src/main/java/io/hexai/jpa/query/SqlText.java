package io.hexai.jpa.query;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A text of SQL, taken apart at its parameters. */
final class SqlText {

    private final String sql;
    private final List<Part> parts;
    private final Set<String> names;

    private SqlText(String sql, List<Part> parts) {
        this.sql = sql;
        this.parts = parts;
        this.names = new LinkedHashSet<>();
        for (Part part : parts) {
            if (part instanceof Parameter parameter) {
                names.add(parameter.name());
            }
        }
    }

    static SqlText parse(String sql) {
        return new SqlText(sql, List.copyOf(new SqlTextParser(sql).parse()));
    }

    String sql() {
        return sql;
    }

    List<Part> parts() {
        return parts;
    }

    /** The names of its parameters, in their order. */
    List<String> names() {
        return new ArrayList<>(names);
    }

    boolean declares(String name) {
        return names.contains(name);
    }

    /** What a text consists of. */
    sealed interface Part permits Literal, Operator, Parameter {}

    /** Text that is sent as it is. */
    record Literal(String text) implements Part {}

    /** A question mark, which belongs to one of PostgreSQL's operators, and which JDBC would take for a parameter. */
    record Operator() implements Part {}

    /**
     * A parameter.
     *
     * @param place where it stands, which decides what becomes of a collection
     * @param text what it takes the place of: the parameter itself, or for {@link Place#WHOLE_IN} all from IN on
     */
    record Parameter(String name, Place place, String text) implements Part {}

    /** Where a parameter stands. */
    enum Place {
        /** It is all there is in {@code IN (:p)}. */
        WHOLE_IN,
        /** It is all there is in {@code NOT IN (:p)}. */
        WHOLE_NOT_IN,
        /** It is one of several in {@code IN (1, :p)}. */
        AMONG_IN,
        /** Anywhere else. */
        ELSEWHERE
    }
}
