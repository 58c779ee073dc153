package io.hexai.jpa.mapping;

import java.io.Serializable;
import java.nio.charset.CharacterCodingException;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.hibernate.SharedSessionContract;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.type.descriptor.WrapperOptions;
import org.hibernate.type.descriptor.java.AbstractClassJavaType;
import org.hibernate.type.descriptor.java.JavaType;
import org.hibernate.type.descriptor.java.MutabilityPlan;
import org.hibernate.type.descriptor.jdbc.JdbcType;
import org.hibernate.type.descriptor.jdbc.JdbcTypeIndicators;
import org.jspecify.annotations.Nullable;

/**
 * An attribute that is encrypted wherever it meets the database, as a column and as a parameter alike, since no row is needed for
 * it. One instance serves one attribute, in all the factories that are built from one mapping. Thread-safe.
 */
final class DeterministicJavaType<T> extends AbstractClassJavaType<T> implements SealedJdbcType.ColumnType<T> {

    private static final long serialVersionUID = 1L;

    private final String entityName;
    private final String attribute;
    private final transient EncryptionContext context;
    private final transient ValueCodec codec;
    private final transient Plan plan = new Plan();
    private final JdbcType jdbcType;

    DeterministicJavaType(Class<T> type, String entityName, String attribute, EncryptionContext context) {
        super(type);
        this.entityName = entityName;
        this.attribute = attribute;
        this.context = context;
        this.codec = ValueCodec.of(type);
        this.jdbcType = new SealedJdbcType(this, context);
    }

    EncryptionContext context() {
        return context;
    }

    /** Encrypts under the primary key, then under each other one. */
    List<byte[]> encryptUnderEachKey(Object value, SessionFactoryImplementor factory) {
        return keys(factory).encryptUnderEach(encode(checked(value)), context.ofColumn());
    }

    SearchKeys keys(SessionFactoryImplementor factory) {
        return Encryption.of(factory).searchKeysFor(entityName, attribute);
    }

    byte[] encrypt(T value, SessionFactoryImplementor factory) {
        return keys(factory).encrypt(encode(value), context.ofColumn());
    }

    T decrypt(byte[] sealed, SessionFactoryImplementor factory) {
        try {
            return cast(codec.decode(decryptToBytes(sealed, factory)));
        } catch (CharacterCodingException e) {
            throw failure("what is stored is no text", null);
        }
    }

    byte[] decryptToBytes(byte[] sealed, SessionFactoryImplementor factory) {
        try {
            return keys(factory).decrypt(sealed, context.ofColumn());
        } catch (GeneralSecurityException e) {
            throw failure("no key fits, or the stored value was altered or belongs to another column or table", e);
        }
    }

    private byte[] encode(T value) {
        try {
            return codec.encode(value);
        } catch (CharacterCodingException e) {
            throw failure("its value cannot be written", null);
        }
    }

    private EncryptedAttributeException failure(String problem, @Nullable Throwable cause) {
        return new EncryptedAttributeException(entityName, attribute, null, problem, cause);
    }

    private T checked(Object value) {
        if (!isInstance(value)) {
            throw refusal();
        }
        return cast(value);
    }

    /** Hibernate's own complaint would show the value. It asks for whole lists, too, before it takes them apart. */
    @Override
    public @Nullable Object coerce(@Nullable Object value) {
        return value == null || value instanceof Collection ? value : checked(value);
    }

    @Override
    public JdbcType getRecommendedJdbcType(JdbcTypeIndicators indicators) {
        return jdbcType;
    }

    /** Takes the place of the type that a parameter brings along, so that this encrypts or refuses it. */
    @Override
    public boolean isWider(JavaType<?> ofParameter) {
        return true;
    }

    @Override
    public byte[] toColumn(Object value, WrapperOptions options) {
        return encrypt(checked(value), options.getSessionFactory());
    }

    @Override
    public T fromColumn(byte[] sealed, WrapperOptions options) {
        return decrypt(sealed, options.getSessionFactory());
    }

    @Override
    public EncryptedQueryException refusal() {
        return EncryptedQueryException.ofDeterministicValue(entityName, attribute, getJavaTypeClass());
    }

    /** Values stay plain up to {@link SealedJdbcType}. */
    @Override
    public <X> @Nullable X unwrap(@Nullable T value, Class<X> type, WrapperOptions options) {
        if (value != null && !type.isInstance(value)) {
            throw refusal();
        }
        return type.cast(value);
    }

    @Override
    public <X> @Nullable T wrap(@Nullable X value, WrapperOptions options) {
        return value == null ? null : checked(value);
    }

    @Override
    public boolean areEqual(@Nullable T one, @Nullable T another) {
        return Objects.deepEquals(one, another);
    }

    @Override
    public int extractHashCode(T value) {
        return value instanceof byte[] bytes ? Arrays.hashCode(bytes) : value.hashCode();
    }

    /** What Hibernate logs of a bound parameter. */
    @Override
    public String extractLoggableRepresentation(@Nullable T value) {
        return value == null ? "null" : "(encrypted)";
    }

    @Override
    public MutabilityPlan<T> getMutabilityPlan() {
        return plan;
    }

    /** Caches hold the ciphertext. */
    @SuppressWarnings("serial")
    private final class Plan implements MutabilityPlan<T> {

        @Override
        public boolean isMutable() {
            return getJavaTypeClass() == byte[].class;
        }

        @Override
        public @Nullable T deepCopy(@Nullable T value) {
            return value instanceof byte[] bytes ? cast(bytes.clone()) : value;
        }

        @Override
        public @Nullable Serializable disassemble(@Nullable T value, SharedSessionContract session) {
            return value == null ? null : encrypt(value, factoryOf(session));
        }

        @Override
        public @Nullable T assemble(@Nullable Serializable cached, SharedSessionContract session) {
            return cached == null ? null : decrypt((byte[]) cached, factoryOf(session));
        }

        private static SessionFactoryImplementor factoryOf(SharedSessionContract session) {
            return ((SharedSessionContractImplementor) session).getFactory();
        }
    }
}
