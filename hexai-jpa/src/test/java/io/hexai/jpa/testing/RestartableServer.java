package io.hexai.jpa.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** A server of a test's own, which it may stop or crash, and start again with its data. Not thread-safe. */
public final class RestartableServer implements AutoCloseable {

    private final Path data;
    private EmbeddedPostgres server;

    private RestartableServer(Path data) throws IOException {
        this.data = data;
        this.server = launch(0);
    }

    /** Starts a server whose data lies in a directory that the caller will delete. */
    public static RestartableServer in(Path directory) {
        try {
            return new RestartableServer(directory.resolve("data"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Commits are written to the operating system, which survives; what was not committed, only after ten seconds. */
    private EmbeddedPostgres launch(int port) throws IOException {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("wal_writer_delay", "10s")
                .setServerConfig("autovacuum", "off");
        return (port == 0 ? builder : builder.setPort(port)).start();
    }

    public String jdbcUrl() {
        return server.getJdbcUrl("postgres", "postgres");
    }

    /** Stops it as an administrator does, who waits for nobody. */
    public void stop() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops it as a power failure of the server alone would. */
    public void crash() {
        try {
            String pid = Files.readAllLines(data.resolve("postmaster.pid")).get(0);
            ProcessHandle postmaster = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
            new ProcessBuilder("kill", "-QUIT", pid).start();
            postmaster.onExit().orTimeout(60, TimeUnit.SECONDS).join();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (CompletionException e) {
            throw new IllegalStateException("The server does not end", e);
        }
        stop();
    }

    /** Starts it again on the same port. */
    public void start() {
        try {
            server = launch(server.getPort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        stop();
    }
}
