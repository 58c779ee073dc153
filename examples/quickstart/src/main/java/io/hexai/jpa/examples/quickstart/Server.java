package io.hexai.jpa.examples.quickstart;

import io.hexai.jpa.database.PostgresConfig;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The PostgreSQL server of a run: the one that was named, or else an embedded one that ends with the run. */
final class Server implements AutoCloseable {

    private final PostgresConfig config;
    private final @Nullable EmbeddedPostgres embedded;

    private Server(PostgresConfig config, @Nullable EmbeddedPostgres embedded) {
        this.config = config;
        this.embedded = embedded;
    }

    static Server open(@Nullable PostgresConfig named) throws IOException {
        if (named != null) {
            return new Server(named, null);
        }
        EmbeddedPostgres embedded = EmbeddedPostgres.start();
        return new Server(PostgresConfig.fromUrl(embedded.getJdbcUrl("postgres", "postgres")), embedded);
    }

    PostgresConfig config() {
        return config;
    }

    @Override
    public String toString() {
        return embedded == null ? config.toString() : "an embedded PostgreSQL, only for this run";
    }

    @Override
    public void close() throws IOException {
        if (embedded != null) {
            embedded.close();
        }
    }
}
