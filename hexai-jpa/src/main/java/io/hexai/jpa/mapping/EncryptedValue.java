package io.hexai.jpa.mapping;

import java.io.Serializable;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The value of an {@link Encrypted} attribute as Hibernate holds it, apart from its entity: what a query yields that selects the
 * attribute by itself. {@link Encryption#open} decrypts it, given the row. It never shows what it holds; what is serialized, by
 * a query cache for instance, is the ciphertext.
 */
public final class EncryptedValue implements Serializable {

    private static final long serialVersionUID = 1L;

    private transient byte @Nullable [] plain;
    private byte @Nullable [] sealed;

    private EncryptedValue(byte @Nullable [] plain, byte @Nullable [] sealed) {
        this.plain = plain;
        this.sealed = sealed;
    }

    /** Of an entity's attribute, not encrypted yet. */
    static EncryptedValue ofPlain(byte[] plain) {
        return new EncryptedValue(plain, null);
    }

    /** Of a column, not decrypted yet. */
    static EncryptedValue ofSealed(byte[] sealed) {
        return new EncryptedValue(null, sealed);
    }

    byte @Nullable [] plain() {
        return plain;
    }

    byte @Nullable [] sealed() {
        return sealed;
    }

    /** Remembers what it holds, so that it can be compared later. */
    void opened(byte[] content) {
        plain = content;
    }

    void sealed(byte[] ciphertext) {
        sealed = ciphertext;
    }

    boolean hasSameContentAs(EncryptedValue other) {
        return plain != null && other.plain != null
                ? Arrays.equals(plain, other.plain)
                : sealed != null && Arrays.equals(sealed, other.sealed);
    }

    /** Returns the same for every value. */
    @Override
    public String toString() {
        return "(encrypted)";
    }
}
