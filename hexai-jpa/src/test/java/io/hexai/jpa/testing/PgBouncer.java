package io.hexai.jpa.testing;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A real pgbouncer in front of a database, with {@code pool_mode = transaction} unless another mode is asked for: the program on
 * the PATH, which {@code .ci/pgbouncer} installs.
 */
public final class PgBouncer implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Process process;
    private final String address;

    private PgBouncer(Process process, String address) {
        this.process = process;
        this.address = address;
    }

    /** Starts one that shares so many connections to the server among all its clients. */
    public static PgBouncer inFrontOf(String jdbcUrl, int serverConnections, Path directory) {
        return inFrontOf(jdbcUrl, serverConnections, directory, "pool_mode = transaction");
    }

    /** Starts one with these settings, a line each. */
    public static PgBouncer inFrontOf(String jdbcUrl, int serverConnections, Path directory, String settings) {
        try {
            int port = freePort();
            Path configuration = Files.writeString(
                    directory.resolve("pgbouncer.ini"), configuration(jdbcUrl, serverConnections, port, settings));
            List<String> command = new ArrayList<>(List.of("pgbouncer", configuration.toString()));
            if (System.getProperty("user.name").equals("root")) {
                // It refuses to run as root.
                command.addAll(0, List.of("unshare", "-U"));
            }
            PgBouncer bouncer = new PgBouncer(
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(directory.resolve("pgbouncer.log").toFile())
                            .start(),
                    "jdbc:postgresql://127.0.0.1:" + port + "/" + TestPostgres.nameIn(jdbcUrl));
            await().atMost(PATIENCE).ignoreExceptions().until(bouncer::answers);
            return bouncer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The 18 of version 1.18.0. */
    public static int minorVersion() {
        try {
            Process version = new ProcessBuilder("pgbouncer", "--version").start();
            String text = new String(version.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return Integer.parseInt(text.split("[. ]", 4)[2]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String configuration(String jdbcUrl, int serverConnections, int port, String settings) {
        URI server = URI.create(jdbcUrl.substring("jdbc:".length()));
        String password = parameter(server, "password");
        return """
                [databases]
                * = host=%s port=%d user=%s%s
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                unix_socket_dir =
                auth_type = any
                default_pool_size = %d
                %s
                """.formatted(
                        server.getHost(),
                        server.getPort() < 0 ? 5432 : server.getPort(),
                        parameter(server, "user"),
                        password.isEmpty() ? "" : " password=" + password,
                        port,
                        serverConnections,
                        settings);
    }

    private static String parameter(URI url, String name) {
        for (String parameter : url.getQuery().split("&")) {
            if (parameter.startsWith(name + "=")) {
                return parameter.substring(name.length() + 1);
            }
        }
        return "";
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private boolean answers() throws Exception {
        try (Connection connection = DriverManager.getConnection(jdbcUrl("prepareThreshold=0"))) {
            return connection.isValid(5);
        }
    }

    /** Returns the URL of the database by way of this pgbouncer, with parameters of the driver. */
    public String jdbcUrl(String parameters) {
        return address + "?user=postgres&" + parameters;
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
