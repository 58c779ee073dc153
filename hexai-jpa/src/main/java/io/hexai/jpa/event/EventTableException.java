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

    /**
     * Returns the table or sequence.
     *
     * @return its name as SQL writes it
     */
    public String relation() {
        return relation;
    }
}
