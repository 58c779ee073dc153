package io.hexai.jpa.mapping;

import io.hexai.jpa.HexaiJpaException;

/** Thrown when a query compares, sets or writes out an encrypted attribute, which it cannot. Nothing was sent to the database. */
public final class EncryptedQueryException extends HexaiJpaException {

    private static final long serialVersionUID = 1L;

    private EncryptedQueryException(String message) {
        super(message, null);
    }

    static EncryptedQueryException ofRowValue() {
        return new EncryptedQueryException(
                "A query cannot compare or set an attribute that is @Encrypted, since its ciphertext depends on the row."
                        + " Change it through its entity; to search for equal values, map it with"
                        + " @Encrypted(deterministic = true).");
    }

    static EncryptedQueryException ofDeterministicValue(Class<?> type) {
        return new EncryptedQueryException("An attribute that is @Encrypted(deterministic = true) compares only with a"
                + " bound parameter of its own type, " + type.getSimpleName() + ", and with no literal.");
    }
}
