package io.hexai.jpa.test;

import io.hexai.jpa.database.PostgresConfig;

/** What the choice of a server needs of Testcontainers. */
interface DockerEngine {

    /** Tells whether there is an engine; may take for ever. */
    boolean answers();

    /** Starts a server that lives as long as this JVM. */
    PostgresConfig startServer();
}
