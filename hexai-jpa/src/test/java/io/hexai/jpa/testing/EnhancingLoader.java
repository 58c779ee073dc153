package io.hexai.jpa.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.hibernate.bytecode.enhance.spi.DefaultEnhancementContext;
import org.hibernate.bytecode.enhance.spi.Enhancer;
import org.hibernate.bytecode.enhance.spi.UnloadedClass;
import org.hibernate.bytecode.enhance.spi.UnloadedField;
import org.hibernate.bytecode.internal.bytebuddy.BytecodeProviderImpl;

/**
 * Defines the classes of one package anew, as a build with Hibernate's plugin would: the entities enhanced for dirty tracking
 * and, if told so, lazy loading, and everybody's access to their fields with them.
 */
public final class EnhancingLoader extends ClassLoader {

    private final String prefix;
    private final boolean lazy;

    private final Enhancer enhancer = new BytecodeProviderImpl().getEnhancer(new DefaultEnhancementContext() {
        @Override
        public ClassLoader getLoadingClassLoader() {
            return EnhancingLoader.this;
        }

        @Override
        public boolean doExtendedEnhancement(UnloadedClass type) {
            return true;
        }

        @Override
        public boolean doDirtyCheckingInline(UnloadedClass type) {
            return true;
        }

        @Override
        public boolean hasLazyLoadableAttributes(UnloadedClass type) {
            return lazy;
        }

        @Override
        public boolean isLazyLoadable(UnloadedField field) {
            return lazy;
        }
    });

    private EnhancingLoader(ClassLoader parent, String prefix, boolean lazy) {
        super(parent);
        this.prefix = prefix;
        this.lazy = lazy;
    }

    /** Runs a static method without arguments of the class, with the classes of its package enhanced, also for lazy loading or not. */
    public static void run(Class<?> type, String method, boolean lazy) throws Throwable {
        call(type, method, lazy);
    }

    /** Calls the class's only static method of a name; what it returns may be of an enhanced class, which the caller does not know. */
    public static Object call(Class<?> type, String method, boolean lazy, Object... arguments) throws Throwable {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        EnhancingLoader loader = new EnhancingLoader(before, type.getPackageName() + ".", lazy);
        Thread.currentThread().setContextClassLoader(loader);
        try {
            for (Method enhanced : loader.loadClass(type.getName()).getDeclaredMethods()) {
                if (enhanced.getName().equals(method)) {
                    enhanced.setAccessible(true);
                    return enhanced.invoke(null, arguments);
                }
            }
            throw new NoSuchMethodException(type.getName() + "." + method);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(prefix)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded == null ? define(name) : loaded;
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        try (InputStream file = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (file == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] original = file.readAllBytes();
            byte[] enhanced = enhancer.enhance(name, original);
            byte[] bytes = enhanced == null ? original : enhanced;
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
