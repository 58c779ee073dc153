package io.hexai.jpa.query;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The rows of a statement, each mapped as it is read. */
record StatementRows<T extends @Nullable Object>(
        PreparedStatement statement,
        ResultSet rows,
        Columns columns,
        ValueConversion conversion,
        Function<ResultRow, T> mapper)
        implements RowCursor.Source<T> {

    @Override
    public boolean isClosed() throws SQLException {
        return statement.isClosed();
    }

    @Override
    public boolean next() throws SQLException {
        return rows.next();
    }

    @Override
    public T row() throws SQLException {
        return mapper.apply(new ResultRow(columns, conversion, ColumnReader.row(rows, columns)));
    }

    @Override
    public void close() throws SQLException {
        statement.close();
    }
}
