package io.hexai.jpa.mapping;

import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.Parameters;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import com.google.crypto.tink.daead.DeterministicAeadConfig;
import com.google.crypto.tink.daead.PredefinedDeterministicAeadParameters;
import java.security.GeneralSecurityException;

/** Keysets as an operator makes them with Tink's command line. */
final class TestKeys {

    private TestKeys() {}

    static KeysetHandle rows() {
        return generate(PredefinedAeadParameters.AES256_GCM);
    }

    static KeysetHandle search() {
        return generate(PredefinedDeterministicAeadParameters.AES256_SIV);
    }

    static EncryptionKeys both() {
        return EncryptionKeys.of(rows()).withSearchKeys(search());
    }

    static KeysetHandle generate(Parameters parameters) {
        try {
            AeadConfig.register();
            DeterministicAeadConfig.register();
            return KeysetHandle.generateNew(parameters, RegistryConfiguration.get());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The same keys and a new one, which becomes the primary one. */
    static KeysetHandle rotated(KeysetHandle keyset) {
        try {
            return KeysetHandle.newBuilder(keyset)
                    .addEntry(KeysetHandle.generateEntryFromParameters(
                                    keyset.getPrimary().getKey().getParameters())
                            .withRandomId()
                            .makePrimary())
                    .build();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The primary key alone, once the others are no longer needed. */
    static KeysetHandle withoutOldKeys(KeysetHandle keyset) {
        try {
            return KeysetHandle.newBuilder()
                    .addEntry(
                            KeysetHandle.importKey(keyset.getPrimary().getKey()).makePrimary())
                    .build();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static String json(KeysetHandle keyset) {
        try {
            return TinkJsonProtoKeysetFormat.serializeKeyset(
                    keyset, RegistryConfiguration.get(), InsecureSecretKeyAccess.get());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
