package io.hexai.jpa.test;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A database for the tests of a class, as {@link PostgresTest} gives one, but with a name, so that a class can have several:
 *
 * <pre>{@code
 * @RegisterExtension
 * static final TestDatabase ORDERS = TestDatabase.named("orders").entities(Order.class);
 *
 * @RegisterExtension
 * static final TestDatabase BILLING = TestDatabase.named("billing").changelog("classpath:billing.xml");
 *
 * @Test
 * void bills(@FromDatabase("orders") UnitOfWork orders, @FromDatabase("billing") UnitOfWork billing) {…}
 * }</pre>
 *
 * <p>Register it in a static field; {@code @Nested} classes and subclasses then have it too. In an instance field it serves test
 * and lifecycle methods, but neither constructors nor {@code @BeforeAll}. Parameters without {@link FromDatabase} come from the
 * database of {@link PostgresTest} if the class has one, else from the only one declared. Classes may run in parallel;
 * about the tests of one class see {@link TestIsolation}.
 *
 * <p>Immutable.
 */
public final class TestDatabase implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, ParameterResolver {

    private final DatabaseSpec spec;

    private TestDatabase(DatabaseSpec spec) {
        this.spec = spec;
    }

    /**
     * Declares a database with the library's own tables and nothing else, one for the class.
     *
     * @param name what {@link FromDatabase} calls it; the database on the server is named otherwise
     * @return the extension to register
     * @throws ExtensionConfigurationException if the name is blank
     */
    public static TestDatabase named(String name) {
        if (name.isBlank()) {
            throw new ExtensionConfigurationException("A TestDatabase needs a name that is not blank");
        }
        return new TestDatabase(
                new DatabaseSpec(name, List.of(), List.of(), List.of(), TestIsolation.CLONE_PER_CLASS, true));
    }

    /**
     * Returns a copy with the entities, embeddables and converters of its persistence unit. Without a
     * {@link #changelog changelog} Hibernate creates their tables.
     *
     * @param entities classes annotated for JPA
     * @return the copy
     */
    public TestDatabase entities(Class<?>... entities) {
        return with(List.of(entities), spec.events(), spec.changelogs(), spec.isolation(), spec.builtIn());
    }

    /**
     * Returns a copy whose {@code EventStore} writes and reads these events.
     *
     * @param events classes annotated with {@code @EventType}, or sealed types above such classes
     * @return the copy
     */
    public TestDatabase events(Class<?>... events) {
        return with(spec.entities(), List.of(events), spec.changelogs(), spec.isolation(), spec.builtIn());
    }

    /**
     * Returns a copy whose schema is made by Liquibase changelogs, after the library's own tables.
     *
     * @param changelogs {@code classpath:…} or paths, applied in this order
     * @return the copy
     */
    public TestDatabase changelog(String... changelogs) {
        return with(spec.entities(), spec.events(), List.of(changelogs), spec.isolation(), spec.builtIn());
    }

    /**
     * Returns a copy whose tests are kept apart in another way.
     *
     * @param isolation how
     * @return the copy
     */
    public TestDatabase isolation(TestIsolation isolation) {
        return with(spec.entities(), spec.events(), spec.changelogs(), isolation, spec.builtIn());
    }

    /**
     * Returns a copy without the library's own tables.
     *
     * @return the copy
     */
    public TestDatabase withoutBuiltIn() {
        return with(spec.entities(), spec.events(), spec.changelogs(), spec.isolation(), false);
    }

    private TestDatabase with(
            List<Class<?>> entities,
            List<Class<?>> events,
            List<String> changelogs,
            TestIsolation isolation,
            boolean builtIn) {
        return new TestDatabase(new DatabaseSpec(spec.name(), entities, events, changelogs, isolation, builtIn));
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        in(context);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        in(context).beforeEach(context);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        in(context).afterEach(context);
    }

    @Override
    public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
        return ExtensionContextScope.TEST_METHOD;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        in(context);
        return DeclaredDatabases.of(context).isFrom(spec.name(), parameter);
    }

    @Override
    public @Nullable Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return DeclaredDatabases.resolve(in(context), parameter, context);
    }

    /** Nested classes inherit the extension together with the database that the class around has declared. */
    private DeclaredDatabase in(ExtensionContext context) {
        DeclaredDatabases databases = DeclaredDatabases.of(context);
        DeclaredDatabase declared = databases.find(spec.name());
        return declared != null && declared.spec().equals(spec) ? declared : databases.declare(spec);
    }
}
