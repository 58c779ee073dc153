package io.hexai.jpa.event;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import org.jspecify.annotations.Nullable;

/** Binds the parameters of a statement one after another. */
final class Parameters {

    private final PreparedStatement statement;
    private int next = 1;

    Parameters(PreparedStatement statement) {
        this.statement = statement;
    }

    Parameters add(@Nullable Long value) throws SQLException {
        if (value == null) {
            statement.setNull(next++, Types.BIGINT);
        } else {
            statement.setLong(next++, value);
        }
        return this;
    }

    Parameters add(int value) throws SQLException {
        statement.setLong(next++, value);
        return this;
    }

    Parameters add(String value) throws SQLException {
        statement.setString(next++, value);
        return this;
    }

    Parameters add(Connection connection, String[] values) throws SQLException {
        statement.setArray(next++, connection.createArrayOf("text", values));
        return this;
    }
}
