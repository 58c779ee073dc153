package io.hexai.jpa.mapping;

import java.io.Serializable;
import java.sql.Types;
import java.util.Collection;
import org.hibernate.SharedSessionContract;
import org.hibernate.type.descriptor.WrapperOptions;
import org.hibernate.type.descriptor.java.AbstractClassJavaType;
import org.hibernate.type.descriptor.java.MutabilityPlan;
import org.hibernate.type.descriptor.jdbc.JdbcType;
import org.hibernate.type.descriptor.jdbc.JdbcTypeIndicators;
import org.jspecify.annotations.Nullable;

/**
 * What Hibernate knows of an encrypted value: the ciphertext is the column, the plain text decides what is dirty. It knows neither
 * row nor keys; {@link EncryptedAccess} and {@link EncryptedWrites} do.
 */
final class EncryptedValueJavaType extends AbstractClassJavaType<EncryptedValue> {

    private static final long serialVersionUID = 1L;

    static final EncryptedValueJavaType INSTANCE = new EncryptedValueJavaType();

    private EncryptedValueJavaType() {
        super(EncryptedValue.class, Plan.INSTANCE);
    }

    @Override
    public JdbcType getRecommendedJdbcType(JdbcTypeIndicators indicators) {
        return indicators.getJdbcType(Types.VARBINARY);
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
        throw EncryptedQueryException.ofRowValue();
    }

    @Override
    public <X> @Nullable X unwrap(@Nullable EncryptedValue value, Class<X> type, WrapperOptions options) {
        if (value == null) {
            return null;
        }
        byte[] sealed = value.sealed();
        if (sealed == null || type != byte[].class) {
            throw EncryptedQueryException.ofRowValue();
        }
        return type.cast(sealed);
    }

    @Override
    public <X> @Nullable EncryptedValue wrap(@Nullable X value, WrapperOptions options) {
        if (value == null || value instanceof EncryptedValue) {
            return (EncryptedValue) value;
        }
        if (value instanceof byte[] sealed) {
            return EncryptedValue.ofSealed(sealed);
        }
        throw EncryptedQueryException.ofRowValue();
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
