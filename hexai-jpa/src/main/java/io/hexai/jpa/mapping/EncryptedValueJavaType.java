package io.hexai.jpa.mapping;

import java.io.Serializable;
import java.util.Collection;
import org.hibernate.SharedSessionContract;
import org.hibernate.type.descriptor.WrapperOptions;
import org.hibernate.type.descriptor.java.AbstractClassJavaType;
import org.hibernate.type.descriptor.java.JavaType;
import org.hibernate.type.descriptor.java.MutabilityPlan;
import org.hibernate.type.descriptor.jdbc.JdbcType;
import org.hibernate.type.descriptor.jdbc.JdbcTypeIndicators;
import org.jspecify.annotations.Nullable;

/**
 * What Hibernate knows of an encrypted value: the ciphertext is the column, the plain text decides what is dirty. It knows neither
 * row nor keys; {@link EncryptedAccess} and {@link EncryptedWrites} do.
 */
final class EncryptedValueJavaType extends AbstractClassJavaType<EncryptedValue>
        implements SealedJdbcType.ColumnType<EncryptedValue> {

    private static final long serialVersionUID = 1L;

    private final String entityName;
    private final String attribute;
    private final JdbcType jdbcType;

    EncryptedValueJavaType(String entityName, String attribute, EncryptionContext context) {
        super(EncryptedValue.class, Plan.INSTANCE);
        this.entityName = entityName;
        this.attribute = attribute;
        this.jdbcType = new SealedJdbcType(this, context);
    }

    @Override
    public JdbcType getRecommendedJdbcType(JdbcTypeIndicators indicators) {
        return jdbcType;
    }

    @Override
    public EncryptedQueryException refusal() {
        return EncryptedQueryException.ofRowValue(entityName, attribute);
    }

    /** Takes the place of the type that a parameter brings along, so that this refuses it. */
    @Override
    public boolean isWider(JavaType<?> ofParameter) {
        return true;
    }

    @Override
    public byte[] toColumn(Object value, WrapperOptions options) {
        byte[] sealed = value instanceof EncryptedValue carrier ? carrier.sealed() : null;
        if (sealed == null) {
            throw refusal();
        }
        return sealed;
    }

    @Override
    public EncryptedValue fromColumn(byte[] sealed, WrapperOptions options) {
        return EncryptedValue.ofSealed(sealed);
    }

    @Override
    public boolean areEqual(@Nullable EncryptedValue one, @Nullable EncryptedValue another) {
        return one == another || one != null && another != null && one.hasSameContentAs(another);
    }

    /** Equal values may differ in all that they carry. */
    @Override
    public int extractHashCode(EncryptedValue value) {
        return 1;
    }

    /** A query parameter: it cannot be encrypted without a row, and Hibernate's own complaint would show it. Lists are taken apart first. */
    @Override
    public @Nullable Object coerce(@Nullable Object value) {
        if (value == null || value instanceof EncryptedValue || value instanceof Collection) {
            return value;
        }
        throw refusal();
    }

    /** Values reach the column by {@link SealedJdbcType}, which does not ask for another form; nobody else gets one. */
    @Override
    public <X> @Nullable X unwrap(@Nullable EncryptedValue value, Class<X> type, WrapperOptions options) {
        if (value == null || type == EncryptedValue.class) {
            return type.cast(value);
        }
        throw refusal();
    }

    @Override
    public <X> @Nullable EncryptedValue wrap(@Nullable X value, WrapperOptions options) {
        if (value == null || value instanceof EncryptedValue) {
            return (EncryptedValue) value;
        }
        throw refusal();
    }

    /** The carrier never changes, but the object behind it may; caches hold the ciphertext. */
    private static final class Plan implements MutabilityPlan<EncryptedValue> {

        private static final long serialVersionUID = 1L;
        private static final Plan INSTANCE = new Plan();

        @Override
        public boolean isMutable() {
            return true;
        }

        @Override
        public @Nullable EncryptedValue deepCopy(@Nullable EncryptedValue value) {
            return value;
        }

        @Override
        public @Nullable Serializable disassemble(@Nullable EncryptedValue value, SharedSessionContract session) {
            return value == null ? null : value.sealed();
        }

        @Override
        public @Nullable EncryptedValue assemble(@Nullable Serializable cached, SharedSessionContract session) {
            return cached == null ? null : EncryptedValue.ofSealed((byte[]) cached);
        }
    }
}
