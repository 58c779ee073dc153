package io.hexai.jpa.query;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Spliterator;
import java.util.Spliterators.AbstractSpliterator;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Reads rows one after another, and closes the statement at the end, at a failure, or when it is told to. */
final class RowCursor<T> extends AbstractSpliterator<T> {

    /** Reads the row that the result stands at. */
    interface RowReader<T> {
        T read(ResultSet rows) throws SQLException;
    }

    private final PreparedStatement statement;
    private final ResultSet rows;
    private final QueryName query;
    private final RowReader<T> reader;

    RowCursor(PreparedStatement statement, ResultSet rows, QueryName query, RowReader<T> reader) {
        super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL);
        this.statement = statement;
        this.rows = rows;
        this.query = query;
        this.reader = reader;
    }

    Stream<T> stream() {
        return StreamSupport.stream(this, false).onClose(this::close);
    }

    @Override
    public boolean tryAdvance(Consumer<? super T> action) {
        T row = null;
        boolean isRow = false;
        try {
            isRow = !statement.isClosed() && rows.next();
            if (isRow) {
                row = reader.read(rows);
            }
        } catch (SQLException e) {
            throw new QueryFailedException(query, e);
        } finally {
            if (!isRow || row == null) {
                close();
            }
        }
        if (row == null) {
            return false;
        }
        action.accept(row);
        return true;
    }

    private void close() {
        try {
            statement.close();
        } catch (SQLException e) {
            throw new QueryFailedException(query, e);
        }
    }
}
