package io.hexai.jpa.database;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link PostgresConfig}. Only the database must be named; each method's first sentence gives the default of
 * what it sets. Everything is checked in {@link #build()}, which tells all that is wrong at once. Confined to its thread.
 */
public final class PostgresConfigBuilder {

    private static final Duration LONGEST = Duration.ofMillis(Integer.MAX_VALUE);
    private static final Set<String> FIELDS =
            Set.of("user", "password", "host", "port", "dbname", "PGHOST", "PGPORT", "PGDBNAME");
    private static final Map<String, String> NAMES_OF_LIBPQ = Map.of(
            "application_name", "ApplicationName",
            "connect_timeout", "connectTimeout",
            "target_session_attrs", "targetServerType");
    private static final Map<String, String> SERVER_TYPES_OF_LIBPQ = Map.of(
            "read-write", "primary",
            "read-only", "secondary",
            "standby", "secondary",
            "prefer-standby", "preferSecondary");

    private List<NameAndPort> hosts = List.of(new NameAndPort("localhost", PostgresHost.DEFAULT_PORT));
    private @Nullable String database;
    private String user = "postgres";
    private @Nullable String password;
    private @Nullable Integer poolSize;
    private @Nullable Duration connectionTimeout;
    private @Nullable Duration idleTimeout;
    private final Map<String, String> parameters = new LinkedHashMap<>();

    private record NameAndPort(String name, int port) {}

    PostgresConfigBuilder() {}

    PostgresConfigBuilder(PostgresConfig config) {
        hosts(config.hosts());
        database = config.database();
        user = config.user();
        password = config.password();
        poolSize = config.explicitPoolSize();
        connectionTimeout = config.explicitConnectionTimeout();
        idleTimeout = config.explicitIdleTimeout();
        parameters.putAll(config.parameters());
    }

    /**
     * Sets the one server to connect to, {@code localhost} by default. Replaces several hosts by this one, and keeps the
     * port of the first.
     *
     * @param host a host name, an IPv4 address, or an IPv6 address with or without brackets
     * @return this builder
     */
    public PostgresConfigBuilder host(String host) {
        hosts = List.of(new NameAndPort(
                PostgresHost.withoutBrackets(host), hosts.isEmpty() ? PostgresHost.DEFAULT_PORT : hosts.get(0).port));
        return this;
    }

    /**
     * Sets the port of every host, 5432 by default.
     *
     * @param port between 1 and 65535
     * @return this builder
     */
    public PostgresConfigBuilder port(int port) {
        hosts = hosts.stream().map(host -> new NameAndPort(host.name, port)).toList();
        return this;
    }

    /**
     * Sets the servers to try in this order, one by default. The parameter {@code targetServerType} says which of them
     * will do.
     *
     * @param hosts at least one
     * @return this builder
     */
    public PostgresConfigBuilder hosts(List<PostgresHost> hosts) {
        this.hosts = hosts.stream()
                .map(host -> new NameAndPort(host.name(), host.port()))
                .toList();
        return this;
    }

    /**
     * Sets the database to connect to; there is no default.
     *
     * @param database the name as PostgreSQL keeps it, in its own case and without quotes
     * @return this builder
     */
    public PostgresConfigBuilder database(String database) {
        this.database = Objects.requireNonNull(database, "database");
        return this;
    }

    /**
     * Sets the user to log in as, {@code postgres} by default.
     *
     * @param user the role's name
     * @return this builder
     */
    public PostgresConfigBuilder user(String user) {
        this.user = Objects.requireNonNull(user, "user");
        return this;
    }

    /**
     * Sets the password, none by default.
     *
     * @param password the password; null and the empty one mean none
     * @return this builder
     */
    public PostgresConfigBuilder password(@Nullable String password) {
        this.password = password == null || password.isEmpty() ? null : password;
        return this;
    }

    /**
     * Sets how many connections the pool may hold, 10 by default.
     *
     * @param poolSize at least 1
     * @return this builder
     */
    public PostgresConfigBuilder poolSize(int poolSize) {
        this.poolSize = poolSize;
        return this;
    }

    /**
     * Sets how long to wait for a connection from the pool, 10 seconds by default.
     *
     * @param timeout kept to the millisecond; the pool waits at least 250 ms
     * @return this builder
     */
    public PostgresConfigBuilder connectionTimeout(Duration timeout) {
        this.connectionTimeout = timeout;
        return this;
    }

    /**
     * Sets how long a connection may lie unused in the pool before it is closed, 10 minutes by default.
     *
     * @param timeout kept to the millisecond; zero means never; the pool waits at least 10 seconds
     * @return this builder
     */
    public PostgresConfigBuilder idleTimeout(Duration timeout) {
        this.idleTimeout = timeout;
        return this;
    }

    /**
     * Sets the name under which connections appear in {@code pg_stat_activity}, {@code hexai-jpa} by default. Short for the
     * parameter {@code ApplicationName}.
     *
     * @param name the program's name
     * @return this builder
     */
    public PostgresConfigBuilder applicationName(String name) {
        return parameter(PostgresConfig.APPLICATION_NAME, name);
    }

    /**
     * Sets a connection parameter of the JDBC driver, such as {@code sslmode}; those of
     * {@link PostgresConfig#openDataSource()} are the defaults. Three names that only libpq knows are translated:
     * {@code application_name}, {@code connect_timeout} and {@code target_session_attrs}.
     *
     * @param name a name that the driver, or a socket factory it is told to use, knows
     * @param value its value
     * @return this builder
     */
    public PostgresConfigBuilder parameter(String name, String value) {
        String driversName = NAMES_OF_LIBPQ.getOrDefault(name, name);
        boolean serverType = name.equals("target_session_attrs");
        parameters.put(driversName, serverType ? SERVER_TYPES_OF_LIBPQ.getOrDefault(value, value) : value);
        return this;
    }

    /**
     * Sets all connection parameters, and forgets those set before.
     *
     * @param parameters values by name, as in {@link #parameter}
     * @return this builder
     */
    public PostgresConfigBuilder parameters(Map<String, String> parameters) {
        this.parameters.clear();
        parameters.forEach(this::parameter);
        return this;
    }

    /**
     * Checks everything and makes the configuration.
     *
     * @return the configuration
     * @throws InvalidConfigException if something is missing or wrong; names all of it
     */
    public PostgresConfig build() {
        Faults faults = new Faults();
        PostgresConfig config = build(faults, UnaryOperator.identity());
        faults.throwIfAny();
        return Objects.requireNonNull(config);
    }

    /** Names every fault after the source that {@code nameOf} gives for the field; null if there is any. */
    @Nullable
    PostgresConfig build(Faults faults, UnaryOperator<String> nameOf) {
        Faults own = new Faults();
        checkHosts(own, nameOf);
        checkText(own, nameOf.apply("database"), database == null ? "" : database);
        checkText(own, nameOf.apply("user"), user);
        if (password != null && !isStorable(password)) {
            own.add(nameOf.apply("password"), "holds a character that PostgreSQL cannot take");
        }
        if (poolSize != null && poolSize < 1) {
            own.add(nameOf.apply("pool_size"), "must be at least 1, not " + poolSize);
        }
        checkDuration(own, nameOf.apply("connection_timeout"), connectionTimeout, Duration.ofMillis(1));
        checkDuration(own, nameOf.apply("idle_timeout"), idleTimeout, Duration.ZERO);
        parameters.forEach((name, value) -> checkParameter(own, nameOf, name, value));
        if (!own.isEmpty()) {
            faults.addAll(own);
            return null;
        }
        return new PostgresConfig(
                hosts.stream()
                        .map(host -> new PostgresHost(host.name, host.port))
                        .toList(),
                Objects.requireNonNull(database),
                user,
                password,
                poolSize,
                toTheMillisecond(connectionTimeout),
                toTheMillisecond(idleTimeout),
                parameters);
    }

    private void checkHosts(Faults faults, UnaryOperator<String> nameOf) {
        if (hosts.isEmpty()) {
            faults.add(nameOf.apply("hosts"), "must name at least one host");
        }
        List<Integer> wrongPorts = new ArrayList<>();
        for (NameAndPort host : hosts) {
            String problem = PostgresHost.problemWithName(host.name);
            if (problem != null) {
                faults.add(nameOf.apply("host"), problem);
            }
            if (!PostgresHost.isPort(host.port) && !wrongPorts.contains(host.port)) {
                wrongPorts.add(host.port);
                faults.add(nameOf.apply("port"), PostgresHost.portProblem(Integer.toString(host.port)));
            }
        }
    }

    private static void checkText(Faults faults, String name, String value) {
        if (value.isBlank()) {
            faults.add(name, "must be set and not blank");
        } else if (!isStorable(value)) {
            faults.add(name, "holds a character that PostgreSQL cannot take");
        }
    }

    private static void checkDuration(Faults faults, String name, @Nullable Duration value, Duration least) {
        if (value != null && (value.compareTo(least) < 0 || value.compareTo(LONGEST) > 0)) {
            faults.add(
                    name, "must lie between " + least.toMillis() + " and " + LONGEST.toMillis() + " ms, not " + value);
        }
    }

    private static void checkParameter(Faults faults, UnaryOperator<String> nameOf, String name, String value) {
        String source = nameOf.apply(Faults.isHarmless(name) ? name : "parameters");
        if (name.isBlank() || !isStorable(name)) {
            faults.add(source, "must have names that PostgreSQL can take");
        } else if (FIELDS.contains(name)) {
            faults.add(source, "is no parameter: it has a field of its own, which must be used instead");
        } else if (PostgresConfig.POOL_OPTIONS.contains(name)) {
            faults.add(source, "is no parameter: it has a setting of its own, which must be used instead");
        } else if (!isStorable(value)) {
            faults.add(source, "holds a character that PostgreSQL cannot take");
        }
    }

    /** Text that has no form in UTF-8, or that a C string would cut short. */
    private static boolean isStorable(String text) {
        return text.indexOf('\0') < 0 && StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    private static @Nullable Duration toTheMillisecond(@Nullable Duration duration) {
        return duration == null ? null : Duration.ofMillis(duration.toMillis());
    }
}
