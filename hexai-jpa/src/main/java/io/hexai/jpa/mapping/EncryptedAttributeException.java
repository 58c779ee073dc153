package io.hexai.jpa.mapping;

import io.hexai.jpa.HexaiJpaException;
import org.jspecify.annotations.Nullable;

/**
 * An encrypted attribute cannot be decrypted, or its value cannot be written: the key is missing, the stored value was
 * altered or comes from another row, or it does not fit the attribute's type. Never shows the value.
 */
public final class EncryptedAttributeException extends HexaiJpaException {

    private static final long serialVersionUID = 1L;

    private final String entityName;
    private final String attribute;
    private final @Nullable String row;

    EncryptedAttributeException(String entityName, String attribute, @Nullable Object row, String problem) {
        this(entityName, attribute, row, problem, null);
    }

    EncryptedAttributeException(
            String entityName, String attribute, @Nullable Object row, String problem, @Nullable Throwable cause) {
        super(
                "The encrypted attribute '" + attribute + "' of " + entityName
                        + (row == null ? "" : " with identifier " + row) + ": " + problem + ".",
                cause);
        this.entityName = entityName;
        this.attribute = attribute;
        this.row = row == null ? null : row.toString();
    }

    /**
     * Returns the entity.
     *
     * @return its name in Hibernate, which is that of its class
     */
    public String entityName() {
        return entityName;
    }

    /**
     * Returns the attribute.
     *
     * @return its name
     */
    public String attribute() {
        return attribute;
    }

    /**
     * Returns the row.
     *
     * @return the identifier as text, or null if none is at hand
     */
    public @Nullable String row() {
        return row;
    }
}
