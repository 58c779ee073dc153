package io.hexai.jpa.transaction;

/** What a {@link TransactionHost} tells a unit of work about one of its transactions. The library implements this. */
public interface HostListener {

    /**
     * The framework is about to commit. Runs the hooks, drains events, flushes, and looks for failures that were swallowed;
     * whatever this throws has to roll back.
     *
     * @throws UnexpectedRollbackException if the transaction can only roll back, after a failure that was swallowed
     */
    void beforeCommit();

    /**
     * The transaction is over.
     *
     * @param committed whether it was committed, as far as the framework knows
     */
    void completed(boolean committed);
}
