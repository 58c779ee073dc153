package io.hexai.jpa.test;

import java.lang.reflect.Method;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A statement that tells an observer when it is executed. */
final class ObservedStatement<S extends Statement> extends JdbcProxy<S> {

    private final String prepared;
    private final ObservedConnection connection;
    private final JdbcObserver observer;
    private final List<String> batch = new ArrayList<>(0);

    private ObservedStatement(
            S target, Class<S> type, String prepared, ObservedConnection connection, JdbcObserver observer) {
        super(target, type);
        this.prepared = prepared;
        this.connection = connection;
        this.observer = observer;
    }

    static <S extends Statement> S of(
            S target, Class<S> type, String prepared, ObservedConnection connection, JdbcObserver observer) {
        return new ObservedStatement<>(target, type, prepared, connection, observer).proxy();
    }

    @Override
    @Nullable
    Object call(Method method, Object[] arguments) throws Throwable {
        switch (method.getName()) {
            case "getConnection" -> {
                return connection.proxy();
            }
            case "addBatch" -> batch.add(sqlOf(arguments));
            case "clearBatch" -> batch.clear();
            case "executeBatch", "executeLargeBatch" -> tellOfBatch();
            case "execute", "executeQuery", "executeUpdate", "executeLargeUpdate" ->
                tell(new ExecutedStatement(sqlOf(arguments), 1));
            default -> {
                // Nothing else reaches the server.
            }
        }
        return passOn(method, arguments);
    }

    private String sqlOf(Object[] arguments) {
        return arguments.length > 0 ? (String) arguments[0] : prepared;
    }

    private void tellOfBatch() throws Throwable {
        if (!batch.isEmpty()) {
            List<String> texts = batch.stream().distinct().toList();
            ExecutedStatement statement = new ExecutedStatement(String.join("; ", texts), batch.size());
            batch.clear();
            tell(statement);
        }
    }

    private void tell(ExecutedStatement statement) throws Throwable {
        observer.beforeStatement(connection.target(), statement);
    }
}
