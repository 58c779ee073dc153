package io.hexai.jpa.mapping;

import io.hexai.jpa.HexaiJpaException;

/** Thrown when a query compares, sets or writes out an encrypted attribute, which it cannot. Nothing was sent to the database. */
public final class EncryptedQueryException extends HexaiJpaException {

    private static final long serialVersionUID = 1L;

    private final String entityName;
    private final String attribute;

    private EncryptedQueryException(String entityName, String attribute, String problem) {
        super("The attribute '" + attribute + "' of " + entityName + " is " + problem, null);
        this.entityName = entityName;
        this.attribute = attribute;
    }

    static EncryptedQueryException ofRowValue(String entityName, String attribute) {
        return new EncryptedQueryException(
                entityName,
                attribute,
                "@Encrypted: a query can neither compare nor set it, since its ciphertext depends on the row. Change it"
                        + " through its entity; to search for equal values, map it with @Encrypted(deterministic = true).");
    }

    static EncryptedQueryException ofDeterministicValue(String entityName, String attribute, Class<?> type) {
        return new EncryptedQueryException(
                entityName,
                attribute,
                "@Encrypted(deterministic = true): a query can compare it with, and set it to, a bound parameter of its"
                        + " own type, " + type.getSimpleName() + ", and no literal.");
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
