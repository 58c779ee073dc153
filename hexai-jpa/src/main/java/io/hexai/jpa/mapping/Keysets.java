package io.hexai.jpa.mapping;

import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.daead.DeterministicAeadConfig;
import java.security.GeneralSecurityException;
import java.util.Arrays;

/** What both kinds of keysets have in common. */
final class Keysets {

    /** A byte for the format and four for the key's id, at the front of every ciphertext. */
    private static final int PREFIX_LENGTH = 5;

    private Keysets() {}

    /** Neither the text nor what the parser says of it may get into a log. */
    static KeysetHandle parse(String json) {
        try {
            AeadConfig.register();
            DeterministicAeadConfig.register();
            return TinkJsonProtoKeysetFormat.parseKeyset(
                    json, RegistryConfiguration.get(), InsecureSecretKeyAccess.get());
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new IllegalArgumentException("The text is not a keyset in Tink's JSON format, as"
                    + " `tinkey create-keyset --out-format json` writes it ("
                    + e.getClass().getSimpleName() + ")");
        }
    }

    /** Returns what ciphertexts of the primary key begin with. */
    static byte[] prefix(KeysetHandle keyset, byte[] sample) {
        for (int i = 0; i < keyset.size(); i++) {
            if (keyset.getAt(i).getKey().getIdRequirementOrNull() == null) {
                throw new IllegalArgumentException(
                        "A key of the keyset writes ciphertexts without its id (output prefix"
                                + " RAW), so that a rotation could not tell which are left; use one with the prefix TINK");
            }
        }
        return Arrays.copyOf(sample, PREFIX_LENGTH);
    }
}
