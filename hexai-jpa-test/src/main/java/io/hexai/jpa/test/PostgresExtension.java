package io.hexai.jpa.test;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** What stands behind {@link PostgresTest}. */
final class PostgresExtension implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, ParameterResolver {

    private static final String NAME = "";

    @Override
    public void beforeAll(ExtensionContext context) {
        databaseOf(context);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        DeclaredDatabase database = databaseOf(context);
        if (database != null) {
            database.beforeEach(context);
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        DeclaredDatabase database = databaseOf(context);
        if (database != null) {
            database.afterEach(context);
        }
    }

    /** A test's own context also for its constructor, which then gets the database of that test. */
    @Override
    public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
        return ExtensionContextScope.TEST_METHOD;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return databaseOf(context) != null && DeclaredDatabases.of(context).isFrom(NAME, parameter);
    }

    @Override
    public @Nullable Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        DeclaredDatabase database = databaseOf(context);
        return database == null ? null : DeclaredDatabases.resolve(database, parameter, context);
    }

    /** Instances of a test class may be made before its first callback, so whoever comes first declares it. */
    private static @Nullable DeclaredDatabase databaseOf(ExtensionContext context) {
        DeclaredDatabases databases = DeclaredDatabases.of(context);
        return AnnotationSupport.findAnnotation(context.getRequiredTestClass(), PostgresTest.class)
                .map(annotation -> databases.declare(DatabaseSpec.of(annotation)))
                .orElseGet(() -> databases.find(NAME));
    }
}
