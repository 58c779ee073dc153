package io.hexai.jpa.event;

import io.hexai.jpa.HexaiJpaException;
import org.jspecify.annotations.Nullable;

/** Thrown if a store cannot work with the tables that the database has. */
public final class EventTableException extends HexaiJpaException {

    private static final long serialVersionUID = 1L;

    private final String relation;

    EventTableException(String relation, String problem, @Nullable Throwable cause) {
        super(relation + " " + problem, cause);
        this.relation = relation;
    }

    static EventTableException missing(String relation, String problem, @Nullable Throwable cause) {
        return new EventTableException(
                relation,
                problem
                        + " Run Migrations.runBuiltIn(…), or Migrations.runEventTable(…) for a table of your own, and check"
                        + " that the store has the entity and the PositionStrategy that you mean.",
                cause);
    }

    static EventTableException withoutCounter(EventTable table) {
        return missing(
                table.counter(),
                "has no row, so there is no position to count from; EventPositions may have moved the store to a"
                        + " sequence.",
                null);
    }

    static EventTableException otherStrategy(EventTable table, PositionStrategy strategy, Throwable cause) {
        return new EventTableException(
                table.name(),
                "takes no more positions from PositionStrategy." + strategy
                        + ": EventPositions has moved it to the other strategy, or another program uses that one. Use the same"
                        + " in all programs.",
                cause);
    }

    /**
     * Returns the table or sequence.
     *
     * @return its name as SQL writes it
     */
    public String relation() {
        return relation;
    }
}
