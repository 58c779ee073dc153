package io.hexai.jpa.query;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import org.hibernate.type.descriptor.WrapperOptions;
import org.hibernate.usertype.UserType;

/** Lets Hibernate's native queries send values in the same way as the library's own. */
final class BoundValueType implements UserType<BoundValue> {

    @Override
    public int getSqlType() {
        return Types.OTHER;
    }

    @Override
    public Class<BoundValue> returnedClass() {
        return BoundValue.class;
    }

    @Override
    public void nullSafeSet(PreparedStatement statement, BoundValue value, int position, WrapperOptions options)
            throws SQLException {
        value.bindTo(statement, position);
    }

    @Override
    public BoundValue deepCopy(BoundValue value) {
        return value;
    }

    @Override
    public boolean isMutable() {
        return false;
    }
}
