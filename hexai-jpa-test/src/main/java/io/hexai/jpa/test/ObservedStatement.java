package io.hexai.jpa.test;

import java.lang.reflect.Method;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A statement that tells an observer when it is executed. */
final class ObservedStatement<S extends Statement> extends JdbcProxy<S> {

    private final String prepared;
    private final Connection connection;
    private final Connection physical;
    private final JdbcObserver observer;
    private final List<String> batch = new ArrayList<>(0);

    private ObservedStatement(
            S target, Class<S> type, String prepared, JdbcProxy<Connection> connection, JdbcObserver observer) {
        super(target, type);
        this.prepared = prepared;
        this.connection = connection.proxy();
        this.physical = connection.target();
        this.observer = observer;
    }

    /** Makes the statement that a connection was asked for, or returns null if it was asked for something else. */
    static @Nullable Object madeBy(
            JdbcProxy<Connection> connection, Method method, @Nullable Object[] arguments, JdbcObserver observer)
            throws Throwable {
        return switch (method.getName()) {
            case "createStatement" -> of(connection, method, arguments, Statement.class, observer);
            case "prepareStatement" -> of(connection, method, arguments, PreparedStatement.class, observer);
            case "prepareCall" -> of(connection, method, arguments, CallableStatement.class, observer);
            default -> null;
        };
    }

    private static <S extends Statement> Object of(
            JdbcProxy<Connection> connection,
            Method method,
            @Nullable Object[] arguments,
            Class<S> type,
            JdbcObserver observer)
            throws Throwable {
        S statement = type.cast(Objects.requireNonNull(connection.passOn(method, arguments)));
        String sql = arguments.length > 0 && arguments[0] instanceof String text ? text : "";
        return new ObservedStatement<>(statement, type, sql, connection, observer).proxy();
    }

    @Override
    @Nullable
    Object call(Method method, @Nullable Object[] arguments) throws Throwable {
        switch (method.getName()) {
            case "getConnection" -> {
                return connection;
            }
            case "addBatch" -> batch.add(sqlOf(arguments));
            case "clearBatch" -> batch.clear();
            case "executeBatch", "executeLargeBatch" -> {
                return batch.isEmpty() ? passOn(method, arguments) : execute("", batched(), method, arguments);
            }
            case "execute", "executeQuery", "executeUpdate", "executeLargeUpdate" -> {
                SentText text = SentText.of(sqlOf(arguments));
                return execute(text.prelude(), new ExecutedStatement(text.statement(), 1), method, arguments);
            }
            default -> {
                // Nothing else reaches the server.
            }
        }
        return passOn(method, arguments);
    }

    private @Nullable Object execute(
            String prelude, ExecutedStatement statement, Method method, @Nullable Object[] arguments) throws Throwable {
        boolean succeeded = false;
        try {
            observer.beforeStatement(physical, prelude, statement);
            Object result = passOn(method, arguments);
            succeeded = true;
            return result;
        } finally {
            observer.afterStatement(physical, succeeded);
        }
    }

    private String sqlOf(@Nullable Object[] arguments) {
        return arguments.length > 0 && arguments[0] instanceof String sql ? sql : prepared;
    }

    private ExecutedStatement batched() {
        List<String> texts = batch.stream().distinct().toList();
        ExecutedStatement statement = new ExecutedStatement(String.join("; ", texts), batch.size());
        batch.clear();
        return statement;
    }
}
