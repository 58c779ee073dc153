package io.hexai.jpa.examples.projections;

import io.hexai.jpa.database.PostgresConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A {@link Follower} in a process of its own. */
final class FollowerProcess implements AutoCloseable {

    private static final int PATIENCE_IN_SECONDS = 60;

    private final Process process;
    private final CompletableFuture<FollowerProcess> active;

    private FollowerProcess(Process process) {
        this.process = process;
        this.active = CompletableFuture.supplyAsync(this::readUntilActive);
    }

    static FollowerProcess start(PostgresConfig database) throws IOException {
        ProcessBuilder follower = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Dorg.jboss.logging.provider=slf4j",
                        "-classpath",
                        System.getProperty("java.class.path"),
                        Follower.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        follower.environment().put("WAREHOUSE_DB_URL", database.toUrl());
        return new FollowerProcess(follower.start());
    }

    /** Waits for the one of the two that handles the events. */
    static FollowerProcess firstActive(FollowerProcess one, FollowerProcess other) {
        return one.active
                .applyToEither(other.active, process -> process)
                .orTimeout(PATIENCE_IN_SECONDS, TimeUnit.SECONDS)
                .join();
    }

    void awaitActive() {
        active.copy().orTimeout(PATIENCE_IN_SECONDS, TimeUnit.SECONDS).join();
    }

    private FollowerProcess readUntilActive() {
        try {
            BufferedReader output =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            String line = output.readLine();
            if (Follower.ACTIVE.equals(line)) {
                return this;
            }
            throw new IOException(this + " ended before it was active; it said: " + line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As {@code kill -9} does: nothing of it runs any more, and it cannot say goodbye. */
    int kill() throws InterruptedException {
        return process.destroyForcibly().waitFor();
    }

    /** Lets it finish what it is at, and give the subscription back. */
    int end() throws IOException, InterruptedException {
        process.getOutputStream().close();
        return process.waitFor();
    }

    @Override
    public String toString() {
        return "process " + process.pid();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
