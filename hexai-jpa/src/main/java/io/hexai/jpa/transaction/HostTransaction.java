package io.hexai.jpa.transaction;

import org.hibernate.engine.spi.SessionImplementor;

/** A transaction that a {@link TransactionHost} runs. Implement this together with it. Confined to its thread. */
public interface HostTransaction {

    /**
     * Returns the session in which the transaction runs.
     *
     * @return Hibernate's own, not a proxy
     */
    SessionImplementor session();

    /**
     * Returns the options with which the framework began the transaction, so far as they are known.
     *
     * @return name, isolation and read-only; the rest unset
     */
    TransactionOptions options();

    /**
     * Tells whether this is what the framework has on the thread, be the transaction over or not.
     *
     * @return false while it is suspended, and once the framework has forgotten it
     */
    boolean isPresent();

    /**
     * Makes the framework tell of the end of the transaction.
     *
     * @param listener to be told
     */
    void register(HostListener listener);
}
