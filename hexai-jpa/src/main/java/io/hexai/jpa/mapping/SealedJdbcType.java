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

/**
 * A {@code bytea} column whose values are at home in it alone. Hibernate lets a query compare and assign what has the same type
 * code; each such column has its own, so that neither another column nor a plain value passes for one of its values. Immutable.
 */
final class SealedJdbcType implements JdbcType {

    private static final long serialVersionUID = 1L;

    /** Beyond all codes of JDBC's and Hibernate's. */
    private static final int FIRST_CODE = 1 << 30;

    private final transient ColumnType<?> javaType;
    private final int code;

    SealedJdbcType(ColumnType<?> javaType, EncryptionContext context) {
        this.javaType = javaType;
        this.code = FIRST_CODE + (context.hashCode() & FIRST_CODE - 1);
    }

    /** The Java type that goes with it: makes ciphertexts for statements, and takes those of results. */
    interface ColumnType<T> {

        /** Whatever a query may bring along, so that it can be refused. */
        byte[] toColumn(Object value, WrapperOptions options);

        T fromColumn(byte[] sealed, WrapperOptions options);

        EncryptedQueryException refusal();
    }

    @Override
    public int getJdbcTypeCode() {
        return code;
    }

    @Override
    public int getDefaultSqlTypeCode() {
        return Types.VARBINARY;
    }

    @Override
    public <T> JdbcLiteralFormatter<T> getJdbcLiteralFormatter(JavaType<T> literal) {
        return (appender, value, dialect, options) -> {
            throw javaType.refusal();
        };
    }

    @Override
    public <X> ValueBinder<X> getBinder(JavaType<X> type) {
        return new Binder<>(type, this);
    }

    @Override
    public <X> ValueExtractor<X> getExtractor(JavaType<X> type) {
        return new Extractor<>(type, this);
    }

    @SuppressWarnings("unchecked") // the same object
    private static <X> ColumnType<X> columnType(JavaType<X> type) {
        return (ColumnType<X>) type;
    }

    private static final class Binder<X> extends BasicBinder<X> {

        private static final long serialVersionUID = 1L;

        private final transient ColumnType<X> type;

        Binder(JavaType<X> type, SealedJdbcType jdbcType) {
            super(type, jdbcType);
            this.type = columnType(type);
        }

        @Override
        protected void doBind(PreparedStatement statement, X value, int index, WrapperOptions options)
                throws SQLException {
            statement.setBytes(index, type.toColumn(value, options));
        }

        @Override
        protected void doBind(CallableStatement statement, X value, String name, WrapperOptions options)
                throws SQLException {
            statement.setBytes(name, type.toColumn(value, options));
        }

        @Override
        protected void doBindNull(PreparedStatement statement, int index, WrapperOptions options) throws SQLException {
            statement.setNull(index, Types.VARBINARY);
        }

        @Override
        protected void doBindNull(CallableStatement statement, String name, WrapperOptions options)
                throws SQLException {
            statement.setNull(name, Types.VARBINARY);
        }
    }

    private static final class Extractor<X> extends BasicExtractor<X> {

        private static final long serialVersionUID = 1L;

        private final transient ColumnType<X> type;

        Extractor(JavaType<X> type, SealedJdbcType jdbcType) {
            super(type, jdbcType);
            this.type = columnType(type);
        }

        private @Nullable X open(byte @Nullable [] sealed, WrapperOptions options) {
            return sealed == null ? null : type.fromColumn(sealed, options);
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
