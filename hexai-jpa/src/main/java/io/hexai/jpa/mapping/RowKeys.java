package io.hexai.jpa.mapping;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.aead.AeadConfig;
import java.security.GeneralSecurityException;
import java.util.Arrays;

/** The keys for values that are bound to their rows. Thread-safe. */
final class RowKeys {

    private final Aead aead;
    private final byte[] primaryPrefix;

    private RowKeys(Aead aead, byte[] primaryPrefix) {
        this.aead = aead;
        this.primaryPrefix = primaryPrefix;
    }

    static RowKeys of(KeysetHandle keyset) {
        try {
            AeadConfig.register();
            Aead aead = keyset.getPrimitive(RegistryConfiguration.get(), Aead.class);
            return new RowKeys(aead, Keysets.prefix(keyset, aead.encrypt(new byte[0], new byte[0])));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("Not a usable keyset for authenticated encryption (Tink's AEAD)", e);
        }
    }

    byte[] encrypt(byte[] plain, byte[] context) {
        try {
            return aead.encrypt(plain, context);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Encryption failed", e);
        }
    }

    byte[] decrypt(byte[] sealed, byte[] context) throws GeneralSecurityException {
        return aead.decrypt(sealed, context);
    }

    byte[] primaryPrefix() {
        return primaryPrefix.clone();
    }

    boolean isCurrent(byte[] sealed) {
        int length = primaryPrefix.length;
        return sealed.length >= length && Arrays.equals(sealed, 0, length, primaryPrefix, 0, length);
    }
}
