package io.hexai.jpa.transaction;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A prepared statement with whose execution a second one travels, in the same round trip. Which kind of execution it will be
 * is known late: until then nothing is prepared, and parameters and settings are kept, to be applied to the text that is
 * prepared in the end, with the companion or, as for a batch, without. Confined to its thread, but for {@code cancel}.
 */
final class AccompaniedStatement implements InvocationHandler {

    private static final ProxyFactory<PreparedStatement> PROXIES = new ProxyFactory<>(PreparedStatement.class);

    private final Preparer preparer;
    private final String sql;
    private final Companion companion;
    private final StatementSettings settings = new StatementSettings();

    private @Nullable PreparedStatement alone;
    private @Nullable PreparedStatement joined;
    private volatile @Nullable PreparedStatement current;
    private @Nullable Number updateCount;
    private boolean batched;
    private boolean cursor;
    private boolean closed;

    private AccompaniedStatement(Preparer preparer, String sql, Companion companion) {
        this.preparer = preparer;
        this.sql = sql;
        this.companion = companion;
    }

    static PreparedStatement of(Preparer preparer, String sql, Companion companion) {
        return PROXIES.handledBy(new AccompaniedStatement(preparer, sql, companion));
    }

    /** Makes a statement of the driver's. */
    interface Preparer {
        PreparedStatement prepare(String text) throws SQLException;
    }

    /** The statement that travels along. */
    interface Companion {

        /** Tells whether it goes with an execution by this method of {@link PreparedStatement}, which has no arguments. */
        boolean goesWith(String execution) throws SQLException;

        /** Tells whether it goes with a query whose rows are fetched by and by. */
        default boolean goesWithCursor() {
            return true;
        }

        /** Comes before the one alone is prepared or executed. */
        default void beforeAlone() throws SQLException {}

        /** Returns the text of both. */
        String joinedTo(String sql);

        /** Executes both, and returns what the method would have returned for the one alone. */
        @Nullable
        Object execute(PreparedStatement both, String execution) throws SQLException;
    }

    @Override
    public @Nullable Object invoke(Object self, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        String name = method.getName();
        boolean hasArguments = arguments != null && arguments.length > 0;
        switch (name) {
            case "equals" -> {
                return arguments != null && self == arguments[0];
            }
            case "hashCode" -> {
                return System.identityHashCode(self);
            }
            case "toString" -> {
                return current == null ? sql : String.valueOf(current);
            }
            case "close" -> {
                close();
                return null;
            }
            case "isClosed" -> {
                return closed;
            }
            case "cancel" -> {
                PreparedStatement running = current;
                if (running != null) {
                    running.cancel();
                }
                return null;
            }
            case "getUpdateCount" -> {
                if (updateCount != null) {
                    return updateCount.intValue();
                }
            }
            case "getLargeUpdateCount" -> {
                if (updateCount != null) {
                    return updateCount.longValue();
                }
            }
            case "getMoreResults" -> updateCount = null;
            case "clearParameters" -> settings.clearParameters();
            case "addBatch" -> batched = true;
            case "setFetchSize" -> cursor = true;
            default -> {}
        }
        if (closed) {
            throw new SQLException("The statement was used after it had been closed: " + sql, "55000");
        }
        if (hasArguments && name.startsWith("set")) {
            set(new StatementSettings.Setting(method, arguments));
            return null;
        }
        if (!hasArguments && !batched && (!cursor || companion.goesWithCursor()) && companion.goesWith(name)) {
            Object result = companion.execute(withCompanion(), name);
            updateCount = result instanceof Number count ? count : null;
            return result;
        }
        boolean isExecution = name.startsWith("execute");
        if (isExecution) {
            updateCount = null;
        }
        return call(current == null || batched || isExecution ? withoutCompanion() : current, method, arguments);
    }

    private void set(StatementSettings.Setting setting) throws Throwable {
        PreparedStatement target = current;
        if (!batched) {
            settings.add(setting);
        }
        if (target != null) {
            call(target, setting.method(), setting.arguments());
        }
    }

    private PreparedStatement withCompanion() throws Throwable {
        if (joined == null) {
            joined = preparer.prepare(companion.joinedTo(sql));
        }
        return switchTo(joined);
    }

    private PreparedStatement withoutCompanion() throws Throwable {
        companion.beforeAlone();
        if (alone == null) {
            alone = preparer.prepare(sql);
        }
        return switchTo(alone);
    }

    private PreparedStatement switchTo(PreparedStatement next) throws Throwable {
        if (current != next) {
            current = next;
            for (StatementSettings.Setting setting : settings.all()) {
                call(next, setting.method(), setting.arguments());
            }
        }
        return next;
    }

    private static @Nullable Object call(
            PreparedStatement target, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }

    private void close() throws SQLException {
        if (closed) {
            return;
        }
        closed = true;
        try {
            close(alone);
        } finally {
            close(joined);
        }
    }

    private static void close(@Nullable PreparedStatement statement) throws SQLException {
        if (statement != null) {
            statement.close();
        }
    }
}
