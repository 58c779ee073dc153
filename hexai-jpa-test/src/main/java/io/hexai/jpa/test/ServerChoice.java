package io.hexai.jpa.test;

import io.hexai.jpa.test.ServerSource.Nothing;
import io.hexai.jpa.test.ServerSource.Offer;
import io.hexai.jpa.test.ServerSource.Server;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes the first server that is to be had, and says which one and why. */
final class ServerChoice {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresTest.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final List<ServerSource> sources;

    ServerChoice(List<ServerSource> sources) {
        this.sources = List.copyOf(sources);
    }

    static ServerChoice standard() {
        Map<String, String> settings = settings();
        return new ServerChoice(List.of(
                new ConfiguredServer(settings, PATIENCE),
                new ContainerServer(ServerChoice.class.getClassLoader(), settings, TestcontainersEngine::new, PATIENCE),
                () -> new Server(
                        "an embedded PostgreSQL", EmbeddedServer.start().config(), false)));
    }

    /** A system property goes before the environment. */
    private static Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>(System.getenv());
        System.getProperties().stringPropertyNames().forEach(name -> settings.put(name, System.getProperty(name)));
        return settings;
    }

    Server take() {
        List<String> reasons = new ArrayList<>();
        for (ServerSource source : sources) {
            Offer offer = source.offer();
            if (offer instanceof Server server) {
                LOG.info(
                        "Tests run on {}, {}:{}{}",
                        server.description(),
                        server.config().host(),
                        server.config().port(),
                        reasons.isEmpty() ? "" : ": " + String.join(", ", reasons));
                return server;
            }
            reasons.add(((Nothing) offer).reason());
        }
        throw new IllegalStateException("There is no PostgreSQL server for the tests: " + String.join(", ", reasons));
    }
}
