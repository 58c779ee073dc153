package io.hexai.jpa.transaction;

import java.util.Set;

/**
 * What the next flush of a persistence context would write. A live view, confined to its transaction's thread.
 *
 * <p>No method issues SQL.
 */
public interface PendingChanges {

    /**
     * Tells whether an instance belongs to the persistence context.
     *
     * @param entity an instance of an entity class
     * @return false also for one that was removed
     * @throws IllegalArgumentException if it is not of an entity class
     */
    boolean isManaged(Object entity);

    /**
     * Tells whether an entity was persisted and not yet inserted.
     *
     * @param entity an instance of an entity class
     * @return false once it was flushed
     * @throws IllegalArgumentException if it is not of an entity class, or unknown to the persistence context
     */
    boolean isNew(Object entity);

    /**
     * Tells whether an entity differs from its row.
     *
     * @param entity an instance of an entity class
     * @return false for new and removed ones
     * @throws IllegalArgumentException if it is not of an entity class, or unknown to the persistence context
     */
    boolean isModified(Object entity);

    /**
     * Tells whether an entity was removed.
     *
     * @param entity an instance of an entity class
     * @return true until the removal was flushed
     * @throws IllegalArgumentException if it is not of an entity class, or unknown to the persistence context
     */
    boolean isRemoved(Object entity);

    /**
     * Returns the attributes in which an entity differs from its row.
     *
     * @param entity an instance of an entity class
     * @return their names, empty for new and removed ones
     * @throws IllegalArgumentException if it is not of an entity class, or unknown to the persistence context
     */
    Set<String> modifiedAttributes(Object entity);

    /**
     * Tells whether the next flush would write nothing.
     *
     * @return true if no entity is new, modified or removed
     */
    boolean isEmpty();

    /**
     * Puts an entity back to what was last read or flushed: takes modifications back, those of its collections included;
     * keeps a removed one, together with what was removed by cascading; and forgets a new one, together with the new ones
     * that were persisted by cascading, as if it had never been persisted.
     *
     * <p>A new one that a managed entity goes on to refer to, by an association that cascades, is persisted again at the
     * flush. What was written into a read-only entity stays.
     *
     * @param entity an instance of an entity class
     * @throws IllegalArgumentException if it is not of an entity class, or unknown to the persistence context
     */
    void revert(Object entity);
}
