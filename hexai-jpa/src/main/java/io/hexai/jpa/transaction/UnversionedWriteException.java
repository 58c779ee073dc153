package io.hexai.jpa.transaction;

import io.hexai.jpa.HexaiJpaException;

/**
 * Thrown when an optimistic scope is about to update or delete an entity without {@code @Version}, whose concurrent changes
 * it could not notice.
 */
public final class UnversionedWriteException extends HexaiJpaException {

    private static final long serialVersionUID = 1L;

    private final String entityName;

    UnversionedWriteException(String entityName) {
        super(
                "The entity " + entityName + " has no @Version, so an optimistic scope could overwrite somebody else's"
                        + " change without noticing. Add a version, use TransactionMode.SPANNING with a lock, or allow it with"
                        + " UnitOfWorkBuilder.allowUnversionedOptimisticWrites().",
                null);
        this.entityName = entityName;
    }

    /**
     * Returns the entity.
     *
     * @return its name in JPA's sense
     */
    public String entityName() {
        return entityName;
    }
}
