package io.hexai.jpa.test;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Wrapper;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A JDBC object that passes calls on to another one. */
abstract class JdbcProxy<T extends Wrapper> implements InvocationHandler {

    private final T target;
    private final T proxy;

    JdbcProxy(T target, Class<? extends T> type) {
        this.target = target;
        this.proxy = type.cast(Proxy.newProxyInstance(JdbcProxy.class.getClassLoader(), new Class<?>[] {type}, this));
    }

    T target() {
        return target;
    }

    T proxy() {
        return proxy;
    }

    /** Does what the call asks for, or passes it on. */
    abstract @Nullable Object call(Method method, @Nullable Object[] arguments) throws Throwable;

    @Override
    public final @Nullable Object invoke(Object self, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        @Nullable Object[] given = arguments == null ? new @Nullable Object[0] : arguments;
        return switch (method.getName()) {
            case "hashCode" -> System.identityHashCode(self);
            case "equals" -> self == given[0];
            case "toString" -> target.toString();
            case "unwrap" -> type(given).isInstance(self) ? self : target.unwrap(type(given));
            case "isWrapperFor" -> type(given).isInstance(self) || target.isWrapperFor(type(given));
            default -> call(method, given);
        };
    }

    private static Class<?> type(@Nullable Object[] arguments) {
        return (Class<?>) Objects.requireNonNull(arguments[0], "type");
    }

    /** Passes a call on; what it throws comes out as it is. */
    final @Nullable Object passOn(Method method, @Nullable Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }
}
