package io.hexai.jpa.transaction;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** Makes proxies of one interface by a constructor that it has looked up once, where the JDK would at each. Thread-safe. */
final class ProxyFactory<T> {

    private final Class<T> type;
    private final Constructor<?> constructor;

    /** The interface has to be public, in an exported package, for the constructor to be as well. */
    ProxyFactory(Class<T> type) {
        this.type = type;
        InvocationHandler none = (proxy, method, arguments) -> null;
        Class<?> proxies = Proxy.newProxyInstance(ProxyFactory.class.getClassLoader(), new Class<?>[] {type}, none)
                .getClass();
        try {
            constructor = proxies.getConstructor(InvocationHandler.class);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    T handledBy(InvocationHandler handler) {
        try {
            return type.cast(constructor.newInstance(handler));
        } catch (InstantiationException | IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(e);
        }
    }
}
