package io.hexai.jpa.test;

import io.hexai.jpa.database.PostgresConfig;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/** The engine that Testcontainers finds. Loaded only where Testcontainers is on the class path. */
final class TestcontainersEngine implements DockerEngine {

    private final String image;

    TestcontainersEngine(String image) {
        this.image = image;
        getClass().getModule().addReads(getClass().getClassLoader().getUnnamedModule());
    }

    @Override
    public boolean answers() {
        return DockerClientFactory.instance().isDockerAvailable();
    }

    /** Testcontainers' own companion container ends it with the JVM. */
    @Override
    @SuppressWarnings("resource")
    public PostgresConfig startServer() {
        PostgreSQLContainer container = new PostgreSQLContainer(
                        DockerImageName.parse(image).asCompatibleSubstituteFor("postgres"))
                .withCommand("postgres", "-c", "fsync=off", "-c", "max_connections=300");
        container.start();
        return PostgresConfig.fromUrl(container.getJdbcUrl())
                .withUser(container.getUsername())
                .withPassword(container.getPassword());
    }
}
