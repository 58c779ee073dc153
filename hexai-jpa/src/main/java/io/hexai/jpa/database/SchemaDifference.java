package io.hexai.jpa.database;

import java.io.Serializable;

/**
 * One place where a database does not hold what the mapping needs. Immutable.
 *
 * @param kind what differs
 * @param relation the table, view or sequence, as SQL names it
 * @param element the column or columns in question; empty if it is the whole relation
 * @param problem what the mapping says, and what the database has
 */
public record SchemaDifference(Kind kind, String relation, String element, String problem) implements Serializable {

    /** What can differ. */
    public enum Kind {
        /** A table or view is missing. */
        TABLE,
        /** A column is missing, or one that must have a value is not mapped. */
        COLUMN,
        /** A column's type cannot hold what the attribute can, or is another one. */
        TYPE,
        /** Null is allowed on one side only. */
        NULLABILITY,
        /** A primary key or unique constraint is missing. */
        UNIQUE,
        /** An index is missing. */
        INDEX,
        /** A sequence is missing, or its increment is another one. */
        SEQUENCE
    }

    /** Returns the difference as one line. */
    @Override
    public String toString() {
        return relation + (element.isEmpty() ? "" : " (" + element + ")") + ": " + problem;
    }
}
