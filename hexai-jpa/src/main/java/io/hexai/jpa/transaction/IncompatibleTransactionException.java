package io.hexai.jpa.transaction;

import io.hexai.jpa.HexaiJpaException;

/** Thrown before any work runs, if a scope asks of the transaction that it joins what only a new one could give. */
public final class IncompatibleTransactionException extends HexaiJpaException {

    private static final long serialVersionUID = 1L;

    private final String option;
    private final String requested;
    private final String running;

    IncompatibleTransactionException(String option, Object requested, Object running) {
        this(
                option,
                requested,
                running,
                "The scope asks for " + option + " " + requested + ", but the transaction that it would join runs with "
                        + running + ". Ask for it where the transaction starts, or use Propagation.NEW.");
    }

    /** Of a transaction that is a framework's, with a session and a commit of the framework's. */
    static IncompatibleTransactionException notWithin(TransactionHost host, String option, Object requested) {
        return new IncompatibleTransactionException(
                option,
                requested,
                host,
                "The scope asks for " + option + " " + requested + ", but it would join a transaction that " + host
                        + " has begun and will end, where there is no such thing. Use Propagation.NEW, or begin the"
                        + " transaction by the unit of work.");
    }

    private IncompatibleTransactionException(String option, Object requested, Object running, String message) {
        super(message, null);
        this.option = option;
        this.requested = String.valueOf(requested);
        this.running = String.valueOf(running);
    }

    /**
     * Returns the option that contradicts.
     *
     * @return its name, such as {@code isolation}
     */
    public String option() {
        return option;
    }

    /**
     * Returns what the scope asked for.
     *
     * @return the value as text
     */
    public String requested() {
        return requested;
    }

    /**
     * Returns what the running transaction has.
     *
     * @return the value as text
     */
    public String running() {
        return running;
    }
}
