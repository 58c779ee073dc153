package io.hexai.jpa.database;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes a configuration as a URL, so that {@link PostgresUrlReader} reads an equal one back. */
final class PostgresUrlWriter {

    private static final String MASK = "***";

    private final PostgresConfig config;

    PostgresUrlWriter(PostgresConfig config) {
        this.config = config;
    }

    String url() {
        return url(config.password(), config.parameters());
    }

    String maskedUrl() {
        Map<String, String> masked = new LinkedHashMap<>();
        config.parameters().forEach((name, value) -> masked.put(name, isSecret(name) ? MASK : value));
        return url(config.password() == null ? null : MASK, masked);
    }

    private String url(@Nullable String password, Map<String, String> parameters) {
        Map<String, String> query = poolOptions();
        query.putAll(parameters);
        return "postgres://" + Percent.encode(config.user())
                + (password == null ? "" : ":" + Percent.encode(password)) + "@"
                + config.hosts().stream()
                        .map(host -> host.toString().replace("%", "%25"))
                        .collect(Collectors.joining(","))
                + "/" + Percent.encode(config.database()) + query(query);
    }

    String jdbcUrl() {
        Map<String, String> query = new LinkedHashMap<>();
        query.put("user", config.user());
        if (config.password() != null) {
            query.put("password", config.password());
        }
        query.putAll(poolOptions());
        query.putAll(config.parameters());
        return jdbcUrlWithoutQuery() + query(query);
    }

    String jdbcUrlWithoutQuery() {
        return "jdbc:postgresql://"
                + config.hosts().stream().map(PostgresHost::toString).collect(Collectors.joining(","))
                + "/" + Percent.encode(config.database());
    }

    private Map<String, String> poolOptions() {
        Map<String, String> options = new LinkedHashMap<>();
        Integer poolSize = config.explicitPoolSize();
        if (poolSize != null) {
            options.put(PostgresConfig.POOL_SIZE, poolSize.toString());
        }
        put(options, PostgresConfig.CONNECTION_TIMEOUT, config.explicitConnectionTimeout());
        put(options, PostgresConfig.IDLE_TIMEOUT, config.explicitIdleTimeout());
        return options;
    }

    private static void put(Map<String, String> options, String name, @Nullable Duration duration) {
        if (duration != null) {
            options.put(name, Long.toString(duration.toMillis()));
        }
    }

    private static String query(Map<String, String> query) {
        return query.isEmpty()
                ? ""
                : query.entrySet().stream()
                        .map(entry -> Percent.encode(entry.getKey()) + "=" + Percent.encode(entry.getValue()))
                        .collect(Collectors.joining("&", "?", ""));
    }

    private static boolean isSecret(String parameter) {
        String name = parameter.toLowerCase(Locale.ROOT);
        return name.contains("password") || name.contains("secret") || name.contains("token");
    }
}
