package io.hexai.jpa.transaction.fidelity;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.util.List;
import org.hibernate.bytecode.enhance.spi.DefaultEnhancementContext;
import org.hibernate.bytecode.enhance.spi.Enhancer;
import org.hibernate.bytecode.enhance.spi.UnloadedClass;
import org.hibernate.bytecode.enhance.spi.UnloadedField;
import org.hibernate.bytecode.internal.bytebuddy.BytecodeProviderImpl;

/** Defines the classes of this package anew: the entities enhanced, and everybody's access to their fields with them. */
final class EnhancingLoader extends ClassLoader {

    private static final String PACKAGE = EnhancingLoader.class.getPackageName() + ".";

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
            return true;
        }

        @Override
        public boolean isLazyLoadable(UnloadedField field) {
            return true;
        }
    });

    private EnhancingLoader(ClassLoader parent) {
        super(parent);
    }

    /** Runs the programs on enhanced entities, and returns what differs. */
    static List<String> run(long first, int programs) throws Exception {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        EnhancingLoader loader = new EnhancingLoader(before);
        Thread.currentThread().setContextClassLoader(loader);
        try {
            Class<?> test = loader.loadClass(NestedFidelityTest.class.getName());
            Method run = test.getDeclaredMethod("runEnhanced", long.class, int.class);
            run.setAccessible(true);
            return ((List<?>) run.invoke(null, first, programs))
                    .stream().map(String::valueOf).toList();
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(PACKAGE)) {
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
