package io.hexai.jpa.test;

import io.hexai.jpa.database.DatabaseManager;
import io.hexai.jpa.database.EnvMode;
import io.hexai.jpa.database.PostgresConfig;
import java.time.Duration;
import java.util.Map;

/** The server that somebody named in the environment or in a system property. */
final class ConfiguredServer implements ServerSource {

    static final String VARIABLE = "HEXAI_TEST_DB_URL";
    private static final String PREFIX = "HEXAI_TEST_DB";

    private final Map<String, String> settings;
    private final Duration patience;

    ConfiguredServer(Map<String, String> settings, Duration patience) {
        this.settings = settings;
        this.patience = patience;
    }

    @Override
    public Offer offer() {
        if (settings.getOrDefault(VARIABLE, "").isBlank()) {
            return new Nothing(VARIABLE + " is not set");
        }
        PostgresConfig config = PostgresConfig.fromEnv(PREFIX, EnvMode.URL, settings);
        try (DatabaseManager manager = DatabaseManager.of(config)) {
            manager.awaitReady(patience);
        }
        return new Server("the server that " + VARIABLE + " names", config, true);
    }
}
