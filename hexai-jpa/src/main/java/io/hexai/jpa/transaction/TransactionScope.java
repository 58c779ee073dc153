package io.hexai.jpa.transaction;

/**
 * A scope that is demarcated by hand: {@code try (var tx = unitOfWork.begin()) { …; tx.commit(); }}. Confined to its thread.
 *
 * <p>Scopes close innermost first. It never retries. An exception that the body throws is not seen by the scope: closing
 * without a decision rolls back.
 */
public interface TransactionScope extends Transaction, AutoCloseable {

    /**
     * Commits what this scope owns: the transaction, or the savepoint of a nested scope; a joined scope leaves it to its owner.
     *
     * @throws UnexpectedRollbackException if it was rolled back instead, since something in it had failed
     * @throws IllegalStateException if the scope has ended, or an inner one has not
     */
    void commit();

    /**
     * Rolls back what this scope owns; a joined scope dooms what it joined.
     *
     * @throws IllegalStateException if the scope has ended, or an inner one has not
     */
    void rollback();

    /** Ends the scope; without a decision before, this is a rollback. Throws nothing but an error of wrong nesting. */
    @Override
    void close();
}
