package io.hexai.jpa.mapping;

import com.google.crypto.tink.KeysetHandle;
import io.hexai.jpa.database.Config;
import io.hexai.jpa.database.ConfigSource;
import io.hexai.jpa.database.ConfigSpec;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The keys of {@link Encrypted} attributes: a Tink keyset for authenticated encryption, and if there are deterministic ones, a
 * second keyset for these. The primary key of each writes, all of them read. Immutable; its text never shows a key.
 *
 * <p>Give them to the factory by {@code HexaiJpa.builder(…).encryption(keys)}, or where it is made elsewhere by the property
 * {@link #SETTING} or {@link Encryption#install}.
 */
public final class EncryptionKeys {

    /**
     * The name of the factory's property that holds the keys: an instance of this class, or a text, the prefix of the
     * variables to read them from, as in {@link #fromEnv}.
     */
    public static final String SETTING = "hexai.encryption.keys";

    private final RowKeys rowKeys;
    private final @Nullable SearchKeys searchKeys;

    private EncryptionKeys(RowKeys rowKeys, @Nullable SearchKeys searchKeys) {
        this.rowKeys = rowKeys;
        this.searchKeys = searchKeys;
    }

    /**
     * Uses a keyset that the application has opened, for instance one that a key management service had wrapped.
     *
     * @param keyset of AEAD keys that write their id, as all of Tink's templates do by default
     * @return the keys
     * @throws IllegalArgumentException if the keyset is of another kind
     */
    @SuppressWarnings("exports") // whoever calls it has Tink; nobody else must need it
    public static EncryptionKeys of(KeysetHandle keyset) {
        return new EncryptionKeys(RowKeys.of(keyset), null);
    }

    /**
     * Reads a keyset in clear text. The text is as secret as the data.
     *
     * @param keyset in Tink's JSON format
     * @return the keys
     * @throws IllegalArgumentException if it is none; does not repeat it
     */
    public static EncryptionKeys fromJson(String keyset) {
        return of(parse(keyset));
    }

    /**
     * Reads the variables {@code <PREFIX>_ENCRYPTION_KEYS} and, if set, {@code <PREFIX>_SEARCH_KEYS}, each with a keyset in
     * Tink's JSON format, from the system properties or the environment.
     *
     * @param prefix such as {@code ORDER_DB}
     * @return the keys
     * @throws io.hexai.jpa.database.InvalidConfigException if a variable is missing or wrong; does not repeat it
     */
    public static EncryptionKeys fromEnv(String prefix) {
        ConfigSpec<EncryptionKeys> spec = spec(prefix);
        return Config.load(spec).get(spec);
    }

    /**
     * Describes the variables of {@link #fromEnv}, for {@link Config#load} to read together with others.
     *
     * @param prefix such as {@code ORDER_DB}
     * @return what to load, and the key to ask for it
     */
    public static ConfigSpec<EncryptionKeys> spec(String prefix) {
        Objects.requireNonNull(prefix, "prefix");
        return ConfigSpec.of(prefix + "_ENCRYPTION_KEYS", source -> read(source, prefix));
    }

    private static EncryptionKeys read(ConfigSource source, String prefix) {
        String rowKeys = source.get(prefix + "_ENCRYPTION_KEYS");
        if (rowKeys == null || rowKeys.isBlank()) {
            throw new IllegalArgumentException("is not set; it should hold a keyset in Tink's JSON format");
        }
        EncryptionKeys keys;
        try {
            keys = fromJson(rowKeys);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("is wrong: " + e.getMessage(), e);
        }
        String searchKeys = source.get(prefix + "_SEARCH_KEYS");
        try {
            return searchKeys == null || searchKeys.isBlank() ? keys : keys.withSearchKeysFromJson(searchKeys);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "is well, but " + prefix + "_SEARCH_KEYS is wrong: " + e.getMessage(), e);
        }
    }

    /**
     * Adds the keys for attributes that are encrypted deterministically.
     *
     * @param keyset of deterministic AEAD keys (AES-SIV)
     * @return the keys of both kinds
     * @throws IllegalArgumentException if the keyset is of another kind
     */
    @SuppressWarnings("exports") // whoever calls it has Tink; nobody else must need it
    public EncryptionKeys withSearchKeys(KeysetHandle keyset) {
        return new EncryptionKeys(rowKeys, SearchKeys.of(keyset));
    }

    /**
     * Adds the keys for attributes that are encrypted deterministically.
     *
     * @param keyset in Tink's JSON format, in clear text
     * @return the keys of both kinds
     * @throws IllegalArgumentException if it is none; does not repeat it
     */
    public EncryptionKeys withSearchKeysFromJson(String keyset) {
        return withSearchKeys(parse(keyset));
    }

    private static KeysetHandle parse(String keyset) {
        Objects.requireNonNull(keyset, "keyset");
        try {
            return Keysets.parse(keyset);
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException(
                    "Encrypted attributes need com.google.crypto.tink:tink, which is optional: add it to the class path",
                    e);
        }
    }

    byte[] encrypt(byte[] plain, byte[] context) {
        return rowKeys.encrypt(plain, context);
    }

    byte[] decrypt(byte[] sealed, byte[] context) throws GeneralSecurityException {
        return rowKeys.decrypt(sealed, context);
    }

    boolean isCurrent(byte[] sealed) {
        return rowKeys.isCurrent(sealed);
    }

    byte[] primaryPrefix() {
        return rowKeys.primaryPrefix();
    }

    @Nullable
    SearchKeys searchKeys() {
        return searchKeys;
    }

    /** Returns a text without any key. */
    @Override
    public String toString() {
        return "EncryptionKeys" + (searchKeys == null ? List.of("rows") : List.of("rows", "search"));
    }
}
