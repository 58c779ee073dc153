package io.hexai.jpa.test;

import java.lang.reflect.Method;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** A connection that tells an observer what it sends. */
final class ObservedConnection extends JdbcProxy<Connection> {

    private final JdbcObserver observer;

    private ObservedConnection(Connection target, JdbcObserver observer) {
        super(target, Connection.class);
        this.observer = observer;
    }

    static Connection of(Connection target, JdbcObserver observer) {
        return new ObservedConnection(target, observer).proxy();
    }

    @Override
    @Nullable
    Object call(Method method, Object[] arguments) throws Throwable {
        return switch (method.getName()) {
            case "createStatement" -> observed(method, arguments, Statement.class);
            case "prepareStatement" -> observed(method, arguments, PreparedStatement.class);
            case "prepareCall" -> observed(method, arguments, CallableStatement.class);
            case "commit" -> {
                observer.beforeCommit(target());
                passOn(method, arguments);
                observer.afterCommit(target());
                yield null;
            }
            case "rollback" -> {
                if (arguments.length == 0) {
                    observer.beforeRollback();
                }
                yield passOn(method, arguments);
            }
            default -> passOn(method, arguments);
        };
    }

    private <S extends Statement> Object observed(Method method, Object[] arguments, Class<S> type) throws Throwable {
        S statement = type.cast(passOn(method, arguments));
        String sql = arguments.length > 0 && arguments[0] instanceof String text ? text : "";
        return ObservedStatement.of(statement, type, sql, this, observer);
    }
}
