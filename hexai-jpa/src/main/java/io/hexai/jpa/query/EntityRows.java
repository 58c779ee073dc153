package io.hexai.jpa.query;

import jakarta.persistence.PersistenceException;
import java.util.function.Supplier;
import org.hibernate.ScrollableResults;
import org.hibernate.Session;

/** The entities that Hibernate makes of the rows of a query. Its results do not notice that their session was closed. */
record EntityRows<T>(Session session, ScrollableResults<T> results, QueryName query) implements RowCursor.Source<T> {

    @Override
    public boolean isClosed() {
        return results.isClosed() || !session.isOpen();
    }

    @Override
    public boolean next() {
        return named(results::next);
    }

    @Override
    public T row() {
        return named(results::get);
    }

    @Override
    public void close() {
        if (session.isOpen()) {
            results.close();
        }
    }

    private <R> R named(Supplier<R> step) {
        try {
            return step.get();
        } catch (PersistenceException e) {
            throw new QueryFailedException(query, e);
        }
    }
}
