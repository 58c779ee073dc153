package io.hexai.jpa.repository;

import io.hexai.jpa.transaction.NeverRetried;
import jakarta.persistence.OptimisticLockException;
import org.jspecify.annotations.Nullable;

/**
 * Thrown if an entity is no longer at the version that an edit was based on. Doing the work again cannot help, for the edit
 * would still be based on the old version; so no retry policy repeats it. Show the user what the entity is like now.
 */
public final class StaleEditException extends OptimisticLockException implements NeverRetried {

    private static final long serialVersionUID = 1L;

    private final String entityName;
    private final transient Object id;
    private final transient @Nullable Object expectedVersion;
    private final transient @Nullable Object actualVersion;

    StaleEditException(String entityName, Object id, @Nullable Object expectedVersion, @Nullable Object actualVersion) {
        super(entityName + " " + id + " was edited from version " + expectedVersion + " and is at version "
                + actualVersion + " by now. Nothing was changed; show the current state and let the user decide anew.");
        this.entityName = entityName;
        this.id = id;
        this.expectedVersion = expectedVersion;
        this.actualVersion = actualVersion;
    }

    /**
     * Returns which entity it is.
     *
     * @return the entity's name
     */
    public String entityName() {
        return entityName;
    }

    /**
     * Returns which entity it is.
     *
     * @return its identifier
     */
    public Object id() {
        return id;
    }

    /**
     * Returns the version that the edit was based on.
     *
     * @return as it was given
     */
    public @Nullable Object expectedVersion() {
        return expectedVersion;
    }

    /**
     * Returns the version that the entity has now.
     *
     * @return the value of its version attribute; null for one that was not inserted yet
     */
    public @Nullable Object actualVersion() {
        return actualVersion;
    }
}
