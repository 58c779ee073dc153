package io.hexai.jpa.transaction;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** A statement of which the connection has to know what becomes of it. Confined to its thread. */
final class WatchedStatement implements InvocationHandler {

    private static final ProxyFactory<Statement> PLAIN = new ProxyFactory<>(Statement.class);
    private static final ProxyFactory<PreparedStatement> PREPARED = new ProxyFactory<>(PreparedStatement.class);

    /** Who is told. */
    interface Watcher {

        /** A text that was not known when the statement was made is about to be executed, or to be added to a batch. */
        default void beforeSql(String sql) throws SQLException {}

        /** Something is about to be sent. */
        default void beforeExecution() throws SQLException {}

        /** Something was sent, and succeeded. */
        default void afterExecution() throws SQLException {}

        /** A call failed. */
        default void afterFailure(SQLException failure) {}

        /** The statement was closed for the first time. */
        default void afterClose() throws SQLException {}
    }

    private final Statement statement;
    private final Connection connection;
    private final Watcher watcher;
    private boolean closed;

    private WatchedStatement(Statement statement, Connection connection, Watcher watcher) {
        this.statement = statement;
        this.connection = connection;
        this.watcher = watcher;
    }

    static Statement plain(Statement statement, Connection connection, Watcher watcher) {
        return PLAIN.handledBy(new WatchedStatement(statement, connection, watcher));
    }

    static PreparedStatement prepared(PreparedStatement statement, Connection connection, Watcher watcher) {
        return PREPARED.handledBy(new WatchedStatement(statement, connection, watcher));
    }

    @Override
    public @Nullable Object invoke(Object self, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        String name = method.getName();
        switch (name) {
            case "equals" -> {
                return arguments != null && self == arguments[0];
            }
            case "hashCode" -> {
                return System.identityHashCode(self);
            }
            case "getConnection" -> {
                return connection;
            }
            default -> {}
        }
        if (arguments != null && arguments[0] instanceof String sql && takesSql(name)) {
            watcher.beforeSql(sql);
        }
        boolean isExecution = name.startsWith("execute");
        if (isExecution) {
            watcher.beforeExecution();
        }
        try {
            Object result = method.invoke(statement, arguments);
            if (isExecution && !isEmptyBatch(result)) {
                watcher.afterExecution();
            }
            return result;
        } catch (InvocationTargetException e) {
            if (e.getTargetException() instanceof SQLException failure) {
                watcher.afterFailure(failure);
            }
            throw e.getTargetException();
        } finally {
            if (name.equals("close") && !closed) {
                closed = true;
                watcher.afterClose();
            }
        }
    }

    /** Of a batch without a statement nothing was sent. */
    private static boolean isEmptyBatch(@Nullable Object result) {
        return result instanceof int[] counts && counts.length == 0
                || result instanceof long[] largeCounts && largeCounts.length == 0;
    }

    private static boolean takesSql(String name) {
        return name.startsWith("execute") || name.equals("addBatch");
    }
}
