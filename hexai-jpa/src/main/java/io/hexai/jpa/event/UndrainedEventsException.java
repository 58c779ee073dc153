package io.hexai.jpa.event;

import io.hexai.jpa.HexaiJpaException;

/** Thrown by a commit, which then rolls back, if an entity has raised events that no store has drained. */
public final class UndrainedEventsException extends HexaiJpaException {

    private static final long serialVersionUID = 1L;

    private final Class<?> entityClass;
    private final int count;

    UndrainedEventsException(Class<?> entityClass, int count) {
        super(
                "An entity of " + entityClass.getName() + " has raised " + count
                        + " event(s) that nobody stored: there is no"
                        + " store on its unit of work that was built with drainAggregates(), or they were raised after the"
                        + " store had drained.",
                null);
        this.entityClass = entityClass;
        this.count = count;
    }

    /**
     * Returns the class of the first such entity.
     *
     * @return the entity's class
     */
    public Class<?> entityClass() {
        return entityClass;
    }

    /**
     * Returns how many events it had raised.
     *
     * @return 1 or more
     */
    public int count() {
        return count;
    }
}
