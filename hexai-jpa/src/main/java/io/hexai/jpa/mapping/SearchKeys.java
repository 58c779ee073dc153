package io.hexai.jpa.mapping;

import com.google.crypto.tink.DeterministicAead;
import com.google.crypto.tink.KeyStatus;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.daead.DeterministicAeadConfig;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;

/** The keys for values that are encrypted deterministically. Thread-safe. */
final class SearchKeys {

    private final DeterministicAead all;
    private final List<DeterministicAead> others;
    private final byte[] primaryPrefix;

    private SearchKeys(DeterministicAead all, List<DeterministicAead> others, byte[] primaryPrefix) {
        this.all = all;
        this.others = others;
        this.primaryPrefix = primaryPrefix;
    }

    static SearchKeys of(KeysetHandle keyset) {
        try {
            DeterministicAeadConfig.register();
            DeterministicAead all = primitive(keyset);
            List<DeterministicAead> others = new ArrayList<>(keyset.size() - 1);
            for (int i = 0; i < keyset.size(); i++) {
                KeysetHandle.Entry entry = keyset.getAt(i);
                if (!entry.isPrimary() && entry.getStatus() == KeyStatus.ENABLED) {
                    others.add(primitive(KeysetHandle.newBuilder()
                            .addEntry(KeysetHandle.importKey(entry.getKey()).makePrimary())
                            .build()));
                }
            }
            byte[] sample = all.encryptDeterministically(new byte[0], new byte[0]);
            return new SearchKeys(all, List.copyOf(others), Keysets.prefix(keyset, sample));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "Not a usable keyset for deterministic encryption (Tink's DeterministicAead)", e);
        }
    }

    private static DeterministicAead primitive(KeysetHandle keyset) throws GeneralSecurityException {
        return keyset.getPrimitive(RegistryConfiguration.get(), DeterministicAead.class);
    }

    byte[] encrypt(byte[] plain, byte[] context) {
        return encrypt(all, plain, context);
    }

    List<byte[]> encryptUnderEach(byte[] plain, byte[] context) {
        List<byte[]> sealed = new ArrayList<>(1 + others.size());
        sealed.add(encrypt(plain, context));
        others.forEach(key -> sealed.add(encrypt(key, plain, context)));
        return sealed;
    }

    private static byte[] encrypt(DeterministicAead key, byte[] plain, byte[] context) {
        try {
            return key.encryptDeterministically(plain, context);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Encryption failed", e);
        }
    }

    byte[] decrypt(byte[] sealed, byte[] context) throws GeneralSecurityException {
        return all.decryptDeterministically(sealed, context);
    }

    byte[] primaryPrefix() {
        return primaryPrefix.clone();
    }
}
