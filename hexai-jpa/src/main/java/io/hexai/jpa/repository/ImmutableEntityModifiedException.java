package io.hexai.jpa.repository;

import io.hexai.jpa.HexaiJpaException;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Thrown by a flush that finds a change in an entity that was fetched read-only, if
 * {@link EntityRepository#VALIDATE_IMMUTABILITY} is on. Nothing of the flush was written.
 */
public final class ImmutableEntityModifiedException extends HexaiJpaException {

    private static final long serialVersionUID = 1L;

    private final String entityName;
    private final transient Object id;
    private final LinkedHashSet<String> attributes;

    ImmutableEntityModifiedException(String entityName, Object id, Set<String> attributes) {
        super(
                entityName + " " + id + " was fetched read-only and then "
                        + (attributes.isEmpty() ? "removed" : "changed in " + String.join(", ", attributes))
                        + ". Fetch it without readOnly(), or with forUpdate(), to change it.",
                null);
        this.entityName = entityName;
        this.id = id;
        this.attributes = new LinkedHashSet<>(attributes);
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
     * Returns what was changed.
     *
     * @return the names of attributes; empty if the entity was removed
     */
    public Set<String> attributes() {
        return Set.copyOf(attributes);
    }
}
