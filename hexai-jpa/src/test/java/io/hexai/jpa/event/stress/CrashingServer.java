package io.hexai.jpa.event.stress;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A server of the test's own, which can be made to crash and start again on the same port and data. */
final class CrashingServer implements AutoCloseable {

    private final Path directory;
    private EmbeddedPostgres server;

    CrashingServer() throws IOException {
        directory = Files.createTempDirectory("hexai-crash");
        server = builder().start();
    }

    private EmbeddedPostgres.Builder builder() {
        return EmbeddedPostgres.builder()
                .setDataDirectory(directory.resolve("data"))
                .setCleanDataDirectory(false)
                .setServerConfig("synchronous_commit", "on");
    }

    String jdbcUrl() {
        return server.getJdbcUrl("postgres", "postgres");
    }

    /** What {@code pg_ctl stop -m immediate} does: no clean-up, no checkpoint; the next start recovers from the log. */
    void crash() throws IOException, InterruptedException {
        int port = server.getPort();
        String postmaster =
                Files.readAllLines(directory.resolve("data/postmaster.pid")).get(0);
        ProcessHandle process = ProcessHandle.of(Long.parseLong(postmaster)).orElseThrow();
        if (new ProcessBuilder("kill", "-QUIT", postmaster).inheritIO().start().waitFor() != 0) {
            throw new IllegalStateException("The server " + postmaster + " could not be killed");
        }
        process.onExit().orTimeout(30, TimeUnit.SECONDS).join();
        server.close();
        server = builder().setPort(port).start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(CrashingServer::delete);
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
