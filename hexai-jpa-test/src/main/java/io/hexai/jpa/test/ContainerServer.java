package io.hexai.jpa.test;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** A server in a container, where Testcontainers is on the class path and a Docker engine answers in time. */
final class ContainerServer implements ServerSource {

    static final String IMAGE = "HEXAI_TEST_DB_IMAGE";
    private static final String DEFAULT_IMAGE = "postgres:18-alpine";
    private static final String TESTCONTAINERS = "org.testcontainers.postgresql.PostgreSQLContainer";

    private final ClassLoader loader;
    private final String image;
    private final Function<String, DockerEngine> engines;
    private final Duration patience;

    ContainerServer(
            ClassLoader loader,
            Map<String, String> settings,
            Function<String, DockerEngine> engines,
            Duration patience) {
        this.loader = loader;
        this.image = settings.getOrDefault(IMAGE, DEFAULT_IMAGE);
        this.engines = engines;
        this.patience = patience;
    }

    @Override
    public Offer offer() {
        try {
            Class.forName(TESTCONTAINERS, false, loader);
        } catch (ClassNotFoundException e) {
            return new Nothing("Testcontainers is not on the class path");
        }
        DockerEngine engine = engines.apply(image);
        return switch (ask(engine)) {
            case NO -> new Nothing("no Docker engine answers");
            case SILENCE -> new Nothing("a Docker engine did not answer within " + patience.toMillis() + " ms");
            case YES -> start(engine);
        };
    }

    private Offer start(DockerEngine engine) {
        try {
            return new Server("a container of " + image, engine.startServer(), false);
        } catch (RuntimeException e) {
            return new Nothing("a Docker engine answers, but starting " + image + " failed: " + e.getMessage());
        }
    }

    private enum Reply {
        YES,
        NO,
        SILENCE
    }

    /** On a thread of its own, which is given up if it hangs: an engine may accept a connection and never answer. */
    private Reply ask(DockerEngine engine) {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        Thread asking = new Thread(
                () -> {
                    try {
                        answer.complete(engine.answers());
                    } catch (Throwable failure) {
                        answer.completeExceptionally(failure);
                    }
                },
                "hexai-docker-probe");
        asking.setDaemon(true);
        asking.start();
        try {
            return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS) ? Reply.YES : Reply.NO;
        } catch (TimeoutException e) {
            asking.interrupt();
            return Reply.SILENCE;
        } catch (ExecutionException e) {
            return Reply.NO;
        } catch (InterruptedException e) {
            asking.interrupt();
            Thread.currentThread().interrupt();
            throw new CompletionException("Interrupted while looking for a Docker engine", e);
        }
    }
}
