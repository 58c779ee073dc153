package io.hexai.jpa.test;

import io.hexai.jpa.database.DatabaseManager;
import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.test.ServerSource.Server;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The server of this JVM's tests, taken when first asked for, and the databases that the tests make on it. */
final class TestServer {

    private static final TestServer OF_THIS_JVM =
            new TestServer(() -> ServerChoice.standard().take());

    private final Supplier<Server> choice;
    private final AtomicInteger created = new AtomicInteger();
    private @Nullable Running running;
    private @Nullable RuntimeException failure;

    TestServer(Supplier<Server> choice) {
        this.choice = choice;
    }

    private record Running(PostgresConfig config, DatabaseManager databases, DatabaseOwner owner) {}

    static TestServer ofThisJvm() {
        return OF_THIS_JVM;
    }

    /** Creates a database that is a copy of another one, or of the server's default template. */
    PostgresConfig createDatabase(@Nullable String template) {
        Running server = running();
        String name = server.owner().nameOf(created.incrementAndGet());
        if (template == null) {
            server.databases().createDatabase(name);
        } else {
            server.databases().createDatabase(name, template);
        }
        return server.config().withDatabase(name);
    }

    void dropDatabase(String name) {
        running().databases().dropDatabase(name);
    }

    /** A server that could not be had will not be there for the next test class either, and asking may take long. */
    private synchronized Running running() {
        if (failure != null) {
            throw new IllegalStateException(
                    "There is no PostgreSQL server for the tests, as was found before: " + failure.getMessage(),
                    failure);
        }
        if (running == null) {
            try {
                running = take();
            } catch (RuntimeException e) {
                failure = e;
                throw e;
            }
        }
        return running;
    }

    private Running take() {
        Server server = choice.get();
        PostgresConfig config = server.config();
        DatabaseManager databases = DatabaseManager.of(config);
        DatabaseOwner owner = DatabaseOwner.register(config);
        owner.dropAbandoned(databases);
        if (server.shared()) {
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(() -> owner.close(databases), "hexai-test-databases-shutdown"));
        }
        return new Running(config, databases, owner);
    }
}
