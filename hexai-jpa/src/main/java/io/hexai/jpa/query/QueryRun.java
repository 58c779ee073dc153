package io.hexai.jpa.query;

import io.hexai.jpa.query.RowSource.Mapping;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.PersistenceException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.hibernate.FlushMode;
import org.hibernate.ScrollMode;
import org.hibernate.ScrollableResults;
import org.hibernate.Session;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.jdbc.ReturningWork;
import org.hibernate.query.NativeQuery;
import org.hibernate.type.CustomType;
import org.jspecify.annotations.Nullable;

/** Runs queries on the connection of the current unit of work. Thread-safe. */
final class QueryRun {

    private static final int ROWS_IN_A_PORTION = 500;

    private final UnitOfWork unitOfWork;
    private final ValueConversion conversion;
    private final boolean logValues;

    QueryRun(UnitOfWork unitOfWork, ValueConversion conversion, boolean logValues) {
        this.unitOfWork = unitOfWork;
        this.conversion = conversion;
        this.logValues = logValues;
    }

    <T extends @Nullable Object> List<T> fetch(SqlQuery query, Mapping<T> mapping, int most) {
        return onStatement(query, statement -> {
            statement.setMaxRows(most);
            try (ResultSet rows = result(statement, query)) {
                Columns columns = Columns.of(rows, query.queryName());
                Function<ResultRow, T> mapper = mapping.of(columns);
                List<T> mapped = new ArrayList<>();
                while (rows.next()) {
                    mapped.add(mapper.apply(row(rows, columns)));
                }
                return mapped;
            }
        });
    }

    FetchedRows fetchAll(SqlQuery query) {
        List<Columns> columnsOf = new ArrayList<>(1);
        List<@Nullable Object[]> all = fetch(
                query,
                columns -> {
                    columnsOf.add(columns);
                    return ResultRow::values;
                },
                RowSource.ALL);
        return new FetchedRows(columnsOf.get(0), conversion, all);
    }

    long execute(SqlQuery query) {
        return onConnection(query, connection -> {
            QueryLog log = new QueryLog(query, logValues);
            try (PreparedStatement statement = prepared(connection, query)) {
                long changed = statement.execute() ? 0 : statement.getLargeUpdateCount();
                log.ended("changed " + changed + " rows");
                return changed;
            } catch (SQLException e) {
                log.ended("failed");
                throw e;
            }
        });
    }

    <T> Stream<T> stream(SqlQuery query, Mapping<T> mapping) {
        return onConnection(query, connection -> {
            QueryLog log = new QueryLog(query, logValues);
            PreparedStatement statement = prepared(connection, query);
            try {
                statement.setFetchSize(ROWS_IN_A_PORTION);
                ResultSet rows = result(statement, query);
                Columns columns = Columns.of(rows, query.queryName());
                Function<ResultRow, T> mapper = mapping.of(columns);
                log.ended("began to return rows");
                return new RowCursor<>(
                                new StatementRows<>(statement, rows, columns, conversion, mapper), query.queryName())
                        .stream();
            } catch (SQLException | RuntimeException | Error e) {
                log.ended("failed");
                closeAfter(e, statement);
                throw e;
            }
        });
    }

    private static void closeAfter(Throwable failure, PreparedStatement statement) {
        try {
            statement.close();
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
    }

    /** Returns null if the class is none of an entity. */
    <T> @Nullable List<T> entities(SqlQuery query, Class<T> type, int most) {
        Session session = session();
        if (!isEntity(type, session)) {
            return null;
        }
        flush(session);
        QueryLog log = new QueryLog(query, logValues);
        try {
            NativeQuery<T> nativeQuery = nativeQuery(query, type, session);
            List<T> entities = most == RowSource.ALL ? nativeQuery.getResultList() : firstOf(nativeQuery, most);
            log.ended("returned " + entities.size() + " rows");
            return entities;
        } catch (PersistenceException e) {
            log.ended("failed");
            throw new QueryFailedException(query.queryName(), e);
        }
    }

    private static <T> List<T> firstOf(NativeQuery<T> query, int most) {
        try (Stream<T> entities = query.getResultStream()) {
            return entities.limit(most).toList();
        }
    }

    /** Returns null if the class is none of an entity. */
    <T> @Nullable Stream<T> entityStream(SqlQuery query, Class<T> type) {
        Session session = session();
        if (!isEntity(type, session)) {
            return null;
        }
        flush(session);
        QueryLog log = new QueryLog(query, logValues);
        try {
            ScrollableResults<T> results = nativeQuery(query, type, session)
                    .setFetchSize(ROWS_IN_A_PORTION)
                    .scroll(ScrollMode.FORWARD_ONLY);
            log.ended("began to return rows");
            return new RowCursor<>(new EntityRows<>(session, results, query.queryName()), query.queryName()).stream();
        } catch (PersistenceException e) {
            log.ended("failed");
            throw new QueryFailedException(query.queryName(), e);
        }
    }

    private <T> NativeQuery<T> nativeQuery(SqlQuery query, Class<T> type, Session session) {
        BoundSql bound = query.bound(BoundSql.Dialect.HIBERNATE);
        NativeQuery<T> nativeQuery = session.createNativeQuery(bound.sql(), type);
        CustomType<BoundValue> valueType =
                new CustomType<>(new BoundValueType(), factory(session).getTypeConfiguration());
        int number = 1;
        for (BoundValue value : bound.values()) {
            nativeQuery.setParameter("p" + number++, value, valueType);
        }
        return nativeQuery;
    }

    private static boolean isEntity(Class<?> type, Session session) {
        return factory(session).getMappingMetamodel().findEntityDescriptor(type) != null;
    }

    private static SessionFactoryImplementor factory(Session session) {
        return session.getFactory().unwrap(SessionFactoryImplementor.class);
    }

    private <T> List<T> onStatement(SqlQuery query, StatementWork<T> work) {
        return onConnection(query, connection -> {
            QueryLog log = new QueryLog(query, logValues);
            try (PreparedStatement statement = prepared(connection, query)) {
                List<T> rows = work.rows(statement);
                log.ended("returned " + rows.size() + " rows");
                return rows;
            } catch (SQLException | RuntimeException | Error e) {
                log.ended("failed");
                throw e;
            }
        });
    }

    /** All that is checked in here comes from the driver: what users' code throws is unchecked, and leaves as it is. */
    private <R> R onConnection(SqlQuery query, ReturningWork<R> work) {
        Session session = session();
        flush(session);
        return session.doReturningWork(connection -> {
            try {
                return work.execute(connection);
            } catch (SQLException e) {
                throw new QueryFailedException(query.queryName(), e);
            }
        });
    }

    private Session session() {
        return unitOfWork.entityManager().unwrap(Session.class);
    }

    /** In read-only and in optimistic scopes, queries flush nothing. */
    private static void flush(Session session) {
        FlushMode mode = session.getHibernateFlushMode();
        if (mode == FlushMode.AUTO || mode == FlushMode.ALWAYS) {
            session.flush();
        }
    }

    private static PreparedStatement prepared(Connection connection, SqlQuery query) throws SQLException {
        BoundSql bound = query.bound(BoundSql.Dialect.JDBC);
        PreparedStatement statement = connection.prepareStatement(bound.sql());
        try {
            int index = 1;
            for (BoundValue value : bound.values()) {
                value.bindTo(statement, index++);
            }
            return statement;
        } catch (SQLException | RuntimeException | Error e) {
            closeAfter(e, statement);
            throw e;
        }
    }

    private static ResultSet result(PreparedStatement statement, SqlQuery query) throws SQLException {
        if (statement.execute()) {
            return statement.getResultSet();
        }
        throw new QueryResultException(
                query.queryName(),
                null,
                "There is no result of " + query.queryName()
                        + ", which was executed. Call execute(), or let the statement return something.",
                null);
    }

    private ResultRow row(ResultSet rows, Columns columns) throws SQLException {
        return new ResultRow(columns, conversion, ColumnReader.row(rows, columns));
    }

    /** Makes something of the rows of a statement. */
    private interface StatementWork<T extends @Nullable Object> {
        List<T> rows(PreparedStatement statement) throws SQLException;
    }
}
