package io.hexai.jpa.mapping;

import java.nio.charset.CharacterCodingException;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Objects;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/** One encrypted attribute of one entity, in one factory. Thread-safe. */
final class EncryptedAttribute {

    private final EntityPersister persister;
    private final String name;
    private final EncryptionContext context;
    private final ValueCodec codec;
    private final Encryption encryption;

    EncryptedAttribute(
            EntityPersister persister,
            String name,
            EncryptionContext context,
            ValueCodec codec,
            Encryption encryption) {
        this.persister = persister;
        this.name = name;
        this.context = context;
        this.codec = codec;
        this.encryption = encryption;
    }

    EncryptedValue carry(Object value) {
        return EncryptedValue.ofPlain(encode(value, null));
    }

    /** Returns what the entity's attribute is to hold. */
    Object open(EncryptedValue value, Object entity) {
        byte[] plain = value.plain();
        return plain == null ? openRow(value, persister.getIdentifier(entity)) : decode(plain, null);
    }

    /** Decrypts the value of a row, and remembers it as the application will see it. */
    Object openRow(EncryptedValue value, Object id) {
        byte[] sealed = Objects.requireNonNull(value.sealed(), "sealed");
        Object content = decode(decrypt(sealed, RowIdentity.of(persister, id)), id);
        value.opened(encode(content, id));
        return content;
    }

    /** Encrypts the value for its row, unless it is the same as the one loaded, under the primary key. */
    EncryptedValue seal(Object value, @Nullable Object loaded, Object id) {
        EncryptedValue current = value instanceof EncryptedValue carrier ? carrier : carry(value);
        EncryptionKeys keys = keys();
        if (loaded instanceof EncryptedValue before && before.hasSameContentAs(current)) {
            byte[] sealed = before.sealed();
            if (sealed != null && keys.isCurrent(sealed)) {
                return before;
            }
        }
        byte[] plain = current.plain();
        if (plain == null) {
            throw new EncryptedAttributeException(entityName(), name, id, "it was not read through the entity");
        }
        current.sealed(keys.encrypt(plain, context.ofRow(RowIdentity.of(persister, id))));
        return current;
    }

    byte[] decrypt(byte[] sealed, List<String> row) {
        try {
            return keys().decrypt(sealed, context.ofRow(row));
        } catch (GeneralSecurityException e) {
            throw new EncryptedAttributeException(
                    entityName(),
                    name,
                    row.size() == 1 ? row.get(0) : row,
                    "no key fits, or the stored value was altered or belongs to another row, column or table",
                    e);
        }
    }

    byte[] encrypt(byte[] plain, List<String> row) {
        return keys().encrypt(plain, context.ofRow(row));
    }

    EncryptionKeys keys() {
        return encryption.keysFor(entityName(), name);
    }

    /** Jackson's own exceptions show the values; so they are not passed on. */
    private byte[] encode(Object value, @Nullable Object id) {
        try {
            return codec.encode(value);
        } catch (CharacterCodingException | RuntimeException e) {
            throw new EncryptedAttributeException(
                    entityName(),
                    name,
                    id,
                    "its value cannot be written (" + e.getClass().getSimpleName() + ")");
        }
    }

    private Object decode(byte[] plain, @Nullable Object id) {
        try {
            return codec.decode(plain);
        } catch (CharacterCodingException | RuntimeException e) {
            throw new EncryptedAttributeException(
                    entityName(),
                    name,
                    id,
                    "what is stored does not fit the attribute's type ("
                            + e.getClass().getSimpleName() + ")");
        }
    }

    EntityPersister persister() {
        return persister;
    }

    String entityName() {
        return persister.getEntityName();
    }

    String name() {
        return name;
    }
}
