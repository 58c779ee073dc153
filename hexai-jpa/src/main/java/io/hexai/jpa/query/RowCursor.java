package io.hexai.jpa.query;

import java.sql.SQLException;
import java.util.Spliterator;
import java.util.Spliterators.AbstractSpliterator;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Reads rows one after another, and closes their source at the end, at a failure, or when it is told to. A source that someone
 * else has closed, as the end of a unit of work does, is not taken for one that has no more rows.
 */
final class RowCursor<T extends @Nullable Object> extends AbstractSpliterator<T> {

    /** Rows that the server hands out in portions. */
    interface Source<T extends @Nullable Object> {

        boolean isClosed() throws SQLException;

        boolean next() throws SQLException;

        /** Reads the row that the source stands at. */
        T row() throws SQLException;

        void close() throws SQLException;
    }

    private final Source<T> source;
    private final QueryName query;
    private boolean atEnd;

    RowCursor(Source<T> source, QueryName query) {
        super(Long.MAX_VALUE, Spliterator.ORDERED);
        this.source = source;
        this.query = query;
    }

    Stream<T> stream() {
        return StreamSupport.stream(this, false).onClose(this::close);
    }

    @Override
    public boolean tryAdvance(Consumer<? super T> action) {
        if (atEnd) {
            return false;
        }
        T row;
        boolean wasRead = false;
        try {
            if (source.isClosed()) {
                throw new IllegalStateException("No more rows of " + query
                        + " can be read: the unit of work has ended, or the stream was closed. Read them to the end, or as far"
                        + " as they are needed, within the unit of work.");
            }
            if (!source.next()) {
                atEnd = true;
                return false;
            }
            row = source.row();
            wasRead = true;
        } catch (SQLException e) {
            throw new QueryFailedException(query, e);
        } finally {
            if (!wasRead) {
                close();
            }
        }
        action.accept(row);
        return true;
    }

    private void close() {
        try {
            source.close();
        } catch (SQLException e) {
            throw new QueryFailedException(query, e);
        }
    }
}
