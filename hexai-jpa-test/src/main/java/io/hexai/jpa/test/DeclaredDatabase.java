package io.hexai.jpa.test;

import io.hexai.jpa.database.TableManager;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterResolutionException;

/** A database that a test class declared, from the class's first callback to its last. */
final class DeclaredDatabase implements AutoCloseable {

    private static final Namespace NAMESPACE = Namespace.create(DeclaredDatabase.class);
    private static final String LOCK_PATIENCE = "10s";

    private final DatabaseSpec spec;
    private final TemplateDatabases databases;
    private final AtomicReference<@Nullable String> user = new AtomicReference<>();
    private @Nullable LiveDatabase ofClass;

    private DeclaredDatabase(DatabaseSpec spec, TemplateDatabases databases) {
        this.spec = spec;
        this.databases = databases;
    }

    static DeclaredDatabase of(DatabaseSpec spec, TemplateDatabases databases) {
        return new DeclaredDatabase(spec.checked(), databases);
    }

    DatabaseSpec spec() {
        return spec;
    }

    /** Does what all tests of the class need, so that its failure is the class's and not that of each test. */
    void prepare() {
        databases.prepare(spec.schema());
        if (spec.isolation() != TestIsolation.CLONE_PER_METHOD) {
            ofClass();
        }
    }

    LiveDatabase in(ExtensionContext context) {
        if (spec.isolation() == TestIsolation.CLONE_PER_METHOD) {
            return ofMethod(context);
        }
        if (spec.isolation() == TestIsolation.ROLLBACK
                && context.getTestMethod().isPresent()) {
            beginRollback(context);
        }
        return ofClass();
    }

    /** Whichever comes first, a parameter of the constructor or the callback before the test. */
    private void beginRollback(ExtensionContext context) {
        Store store = context.getStore(NAMESPACE);
        if (store.get(this) == null) {
            store.put(this, ofClass().beginRollback());
        }
    }

    private synchronized LiveDatabase ofClass() {
        if (ofClass == null) {
            ofClass = LiveDatabase.of(spec, databases);
        }
        return ofClass;
    }

    private LiveDatabase ofMethod(ExtensionContext context) {
        if (context.getTestMethod().isEmpty()) {
            throw new ParameterResolutionException(
                    spec + " has isolation CLONE_PER_METHOD, and so does not exist outside of"
                            + " tests. Take it in a test method or @BeforeEach, or choose CLONE_PER_CLASS.");
        }
        Store store = context.getStore(NAMESPACE);
        LiveDatabase database = store.get(this, LiveDatabase.class);
        if (database == null) {
            database = LiveDatabase.of(spec, databases);
            store.put(this, database);
        }
        return database;
    }

    void beforeEach(ExtensionContext context) {
        if (spec.isolation() == TestIsolation.ROLLBACK) {
            beginRollback(context);
        }
        if (spec.isolation() == TestIsolation.TRUNCATE) {
            String test = context.getUniqueId();
            String other = user.compareAndExchange(null, test);
            if (other != null) {
                throw new ExtensionConfigurationException(
                        spec + " has isolation TRUNCATE and is in use by another test that runs in parallel, " + other
                                + ". Annotate the class with @Execution(SAME_THREAD), or choose CLONE_PER_METHOD.");
            }
            truncate(ofClass());
        }
    }

    void afterEach(ExtensionContext context) {
        user.compareAndSet(context.getUniqueId(), null);
    }

    private void truncate(LiveDatabase database) {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SET lock_timeout = '" + LOCK_PATIENCE + "'");
            try {
                TableManager.of(connection).truncateAll();
            } finally {
                statement.execute("RESET lock_timeout");
            }
        } catch (SQLException | RuntimeException e) {
            throw new IllegalStateException(
                    "The tables of " + spec
                            + " cannot be emptied. If a lock timed out, an earlier test of the class left a"
                            + " transaction open.",
                    e);
        }
    }

    @Override
    public synchronized void close() {
        if (ofClass != null) {
            ofClass.close();
            ofClass = null;
        }
    }
}
