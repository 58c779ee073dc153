package io.hexai.jpa.transaction;

/** How much of the work a database transaction spans. */
public enum TransactionMode {
    /** One database transaction from the first statement to the end of the work. */
    SPANNING,

    /**
     * Reads run outside any database transaction and hold no connection between statements; only the changes are written
     * in a transaction, a short one at the end, and {@code @Version} tells if somebody else was faster. The first explicit
     * flush, write statement, lock or nested scope begins the database transaction early; from there on it is held to the
     * end. Nothing is flushed before queries, so they do not see unflushed changes. An entity without {@code @Version} is
     * refused for writing unless {@link UnitOfWorkBuilder#allowUnversionedOptimisticWrites()} is given.
     */
    OPTIMISTIC
}
