package io.hexai.jpa.query;

import io.hexai.jpa.query.SqlText.Literal;
import io.hexai.jpa.query.SqlText.Operator;
import io.hexai.jpa.query.SqlText.Parameter;
import io.hexai.jpa.query.SqlText.Part;
import io.hexai.jpa.query.SqlText.Place;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * What is sent: a text in which every value has a place, and the values. A collection within {@code IN} has as many places
 * as elements, filled up to a power of two with the last, so that few different texts are prepared; an empty one turns
 * {@code IN} into a comparison with an empty array, which is never true, and {@code NOT IN} into one that always is.
 */
final class BoundSql {

    /** PostgreSQL's protocol counts the parameters of a statement with 16 bits. */
    private static final int MOST_PARAMETERS = 65_535;

    private final Dialect dialect;
    private final StringBuilder sql = new StringBuilder();
    private final List<BoundValue> values = new ArrayList<>();

    /** How the text is to be written for those who read it next. */
    enum Dialect {
        /** For the driver. */
        JDBC,
        /** For Hibernate's native queries: whatever its parser might take for something special is escaped. */
        HIBERNATE
    }

    private BoundSql(Dialect dialect) {
        this.dialect = dialect;
    }

    /** Every parameter must have its value. */
    static BoundSql of(SqlText text, Map<String, BoundValue> values, Dialect dialect, QueryName query) {
        BoundSql bound = new BoundSql(dialect);
        for (Part part : text.parts()) {
            if (part instanceof Literal literal) {
                bound.literal(literal.text());
            } else if (part instanceof Operator) {
                bound.literal("??");
            } else if (part instanceof Parameter parameter) {
                bound.parameter(parameter, values.getOrDefault(parameter.name(), new BoundValue(null)), query);
            }
        }
        if (bound.values.size() > MOST_PARAMETERS) {
            throw QueryParameterException.tooMany(query, bound.values.size());
        }
        return bound;
    }

    String sql() {
        return sql.toString();
    }

    List<BoundValue> values() {
        return Collections.unmodifiableList(values);
    }

    private void literal(String text) {
        if (dialect == Dialect.JDBC) {
            sql.append(text);
            return;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (":?'\"-/\\".indexOf(c) >= 0) {
                sql.append('\\');
            }
            sql.append(c);
        }
    }

    private void parameter(Parameter parameter, BoundValue value, QueryName query) {
        if (parameter.place() == Place.ELSEWHERE || parameter.place() == Place.AMONG_IN && !value.isArray()) {
            place(value);
            return;
        }
        boolean whole = parameter.place() != Place.AMONG_IN;
        List<BoundValue> elements = value.isArray() ? value.elements() : List.of(value);
        if (!whole && elements.isEmpty()) {
            throw QueryParameterException.emptyAmongOthers(query, parameter.name());
        }
        boolean negated = parameter.place() == Place.WHOLE_NOT_IN;
        if (elements.isEmpty()) {
            literal(negated ? "<> ALL ('{}')" : "= ANY ('{}')");
            return;
        }
        if (whole) {
            literal(negated ? "NOT IN (" : "IN (");
        }
        places(elements);
        if (whole) {
            literal(")");
        }
    }

    private void places(List<BoundValue> elements) {
        int size = elements.size();
        int powerOfTwo = size == 1 ? 1 : Integer.highestOneBit(size - 1) << 1;
        int places = values.size() + powerOfTwo <= MOST_PARAMETERS ? powerOfTwo : size;
        for (int i = 0; i < places; i++) {
            if (i > 0) {
                literal(", ");
            }
            place(elements.get(Math.min(i, size - 1)));
        }
    }

    private void place(BoundValue value) {
        values.add(value);
        sql.append(dialect == Dialect.JDBC ? "?" : " :p" + values.size() + " ");
    }
}
