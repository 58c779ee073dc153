package io.hexai.jpa.mapping;

import java.sql.CallableStatement;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import org.hibernate.type.descriptor.ValueBinder;
import org.hibernate.type.descriptor.ValueExtractor;
import org.hibernate.type.descriptor.WrapperOptions;
import org.hibernate.type.descriptor.java.JavaType;
import org.hibernate.type.descriptor.jdbc.BasicBinder;
import org.hibernate.type.descriptor.jdbc.BasicExtractor;
import org.hibernate.type.descriptor.jdbc.JdbcLiteralFormatter;
import org.hibernate.type.descriptor.jdbc.JdbcType;
import org.jspecify.annotations.Nullable;

/** Encrypts what is bound to a statement, and decrypts what is read from a result. Stateless. */
final class DeterministicJdbcType implements JdbcType {

    private static final long serialVersionUID = 1L;

    static final DeterministicJdbcType INSTANCE = new DeterministicJdbcType();

    private DeterministicJdbcType() {}

    @Override
    public int getJdbcTypeCode() {
        return Types.VARBINARY;
    }

    @Override
    public <T> JdbcLiteralFormatter<T> getJdbcLiteralFormatter(JavaType<T> javaType) {
        return (appender, value, dialect, options) -> {
            throw EncryptedQueryException.ofDeterministicValue(javaType.getJavaTypeClass());
        };
    }

    private static <X> DeterministicJavaType<X> encrypting(JavaType<X> javaType) {
        return (DeterministicJavaType<X>) javaType;
    }

    @Override
    public <X> ValueBinder<X> getBinder(JavaType<X> javaType) {
        return new Binder<>(encrypting(javaType));
    }

    @Override
    public <X> ValueExtractor<X> getExtractor(JavaType<X> javaType) {
        return new Extractor<>(encrypting(javaType));
    }

    private static final class Binder<X> extends BasicBinder<X> {

        private static final long serialVersionUID = 1L;

        private final DeterministicJavaType<X> type;

        Binder(DeterministicJavaType<X> type) {
            super(type, INSTANCE);
            this.type = type;
        }

        @Override
        protected void doBind(PreparedStatement statement, X value, int index, WrapperOptions options)
                throws SQLException {
            statement.setBytes(index, type.encrypt(value, options.getSessionFactory()));
        }

        @Override
        protected void doBind(CallableStatement statement, X value, String name, WrapperOptions options)
                throws SQLException {
            statement.setBytes(name, type.encrypt(value, options.getSessionFactory()));
        }
    }

    private static final class Extractor<X> extends BasicExtractor<X> {

        private static final long serialVersionUID = 1L;

        private final DeterministicJavaType<X> type;

        Extractor(DeterministicJavaType<X> type) {
            super(type, INSTANCE);
            this.type = type;
        }

        private @Nullable X open(byte @Nullable [] sealed, WrapperOptions options) {
            return sealed == null ? null : type.decrypt(sealed, options.getSessionFactory());
        }

        @Override
        protected @Nullable X doExtract(ResultSet row, int index, WrapperOptions options) throws SQLException {
            return open(row.getBytes(index), options);
        }

        @Override
        protected @Nullable X doExtract(CallableStatement statement, int index, WrapperOptions options)
                throws SQLException {
            return open(statement.getBytes(index), options);
        }

        @Override
        protected @Nullable X doExtract(CallableStatement statement, String name, WrapperOptions options)
                throws SQLException {
            return open(statement.getBytes(name), options);
        }
    }
}
