package io.hexai.jpa.examples.quickstart;

import io.hexai.jpa.database.DatabaseManager;
import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.test.EmbeddedServer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The PostgreSQL server of a run: the one that was named, or else an embedded one that ends with the run. */
final class Server implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final PostgresConfig config;
    private final @Nullable EmbeddedServer embedded;

    private Server(PostgresConfig config, @Nullable EmbeddedServer embedded) {
        this.config = config;
        this.embedded = embedded;
    }

    static Server open(@Nullable PostgresConfig named) throws UnusableSettingException {
        if (named == null) {
            EmbeddedServer embedded = EmbeddedServer.start();
            return new Server(embedded.config(), embedded);
        }
        try (DatabaseManager databases = DatabaseManager.of(named)) {
            databases.awaitReady(PATIENCE);
            if (!databases.exists(named.database())) {
                throw new UnusableSettingException(Settings.DATABASE_VARIABLE + " names the database '"
                        + named.database() + "', which the server does not have. Create it, or name another.");
            }
        }
        return new Server(named, null);
    }

    PostgresConfig config() {
        return config;
    }

    @Override
    public String toString() {
        return embedded == null ? config.toString() : "an embedded PostgreSQL, only for this run";
    }

    @Override
    public void close() {
        if (embedded != null) {
            embedded.close();
        }
    }
}
