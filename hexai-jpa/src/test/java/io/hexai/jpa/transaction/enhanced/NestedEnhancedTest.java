package io.hexai.jpa.transaction.enhanced;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.hibernate.bytecode.enhance.spi.DefaultEnhancementContext;
import org.hibernate.bytecode.enhance.spi.Enhancer;
import org.hibernate.bytecode.enhance.spi.UnloadedField;
import org.hibernate.bytecode.internal.bytebuddy.BytecodeProviderImpl;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Nested rollbacks of entities whose classes Hibernate has enhanced for lazy loading and dirty tracking. */
class NestedEnhancedTest {

    @TestFactory
    Stream<DynamicTest> enhancedEntity() throws Exception {
        ClassLoader enhancing = new EnhancingClassLoader(NestedEnhancedTest.class.getClassLoader());
        Class<?> scenarios = enhancing.loadClass(Scenarios.class.getName());
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        Object instance;
        try {
            Thread.currentThread().setContextClassLoader(enhancing);
            instance = scenarios.getConstructor().newInstance();
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
        AutoCloseable closeable = (AutoCloseable) instance;
        return Arrays.stream(scenarios.getDeclaredMethods())
                .map(method -> method.getName())
                .filter(name -> name.contains("Inside") || name.contains("Cleared"))
                .filter(name -> !name.startsWith("lambda"))
                .map(name -> DynamicTest.dynamicTest(name, () -> run(instance, List.of("reset", name))))
                .onClose(() -> close(closeable));
    }

    private static void run(Object scenarios, List<String> methods) throws Throwable {
        for (String method : methods) {
            try {
                scenarios.getClass().getMethod(method).invoke(scenarios);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }
    }

    private static void close(AutoCloseable scenarios) {
        try {
            scenarios.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Loads the classes of this package anew, as the build of an application with Hibernate's plugin would make them. */
    private static final class EnhancingClassLoader extends ClassLoader {

        private final Enhancer enhancer;

        EnhancingClassLoader(ClassLoader parent) {
            super(parent);
            ClassLoader self = this;
            this.enhancer = new BytecodeProviderImpl().getEnhancer(new DefaultEnhancementContext() {
                @Override
                public ClassLoader getLoadingClassLoader() {
                    return self;
                }

                @Override
                @SuppressWarnings("removal") // the scenarios use fields, which nothing else routes to the accessors
                public boolean doExtendedEnhancement() {
                    return true;
                }

                @Override
                public boolean doBiDirectionalAssociationManagement(UnloadedField field) {
                    return false;
                }
            });
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(Scenarios.class.getPackageName())) {
                return super.loadClass(name, resolve);
            }
            Class<?> loaded = findLoadedClass(name);
            return loaded == null ? load(name) : loaded;
        }

        private Class<?> load(String name) throws ClassNotFoundException {
            try (InputStream file = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (file == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] plain = file.readAllBytes();
                byte[] enhanced = enhancer.enhance(name, plain);
                byte[] code = enhanced == null ? plain : enhanced;
                return defineClass(name, code, 0, code.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
