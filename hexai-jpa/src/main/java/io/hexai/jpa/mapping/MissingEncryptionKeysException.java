package io.hexai.jpa.mapping;

import io.hexai.jpa.HexaiJpaException;

/** Thrown when an encrypted attribute is first used, and its factory was given no keys for it. */
public final class MissingEncryptionKeysException extends HexaiJpaException {

    private static final long serialVersionUID = 1L;

    private final String entityName;
    private final String attribute;

    MissingEncryptionKeysException(String entityName, String attribute, String which) {
        super(
                "There are no " + which + " for the attribute '" + attribute + "' of " + entityName
                        + ". Give the factory its keys: HexaiJpa.builder(…).encryption(keys), the property "
                        + EncryptionKeys.SETTING + ", or Encryption.install(factory, keys).",
                null);
        this.entityName = entityName;
        this.attribute = attribute;
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
}
