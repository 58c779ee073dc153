package io.hexai.jpa.transaction;

/**
 * Hears of every physical commit of a unit of work. Implement this, as a lambda, for
 * {@link UnitOfWork#onEveryCommit(CommitObserver)}.
 */
@FunctionalInterface
public interface CommitObserver {

    /**
     * Called after a transaction that used the database was committed, outside of it and on its thread. A failure is
     * reported to the listeners and the log, and changes nothing for the caller of the unit of work. A transaction that
     * the observer itself commits is not reported to it again.
     */
    void committed();
}
