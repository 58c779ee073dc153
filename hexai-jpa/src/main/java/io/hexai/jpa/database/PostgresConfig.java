package io.hexai.jpa.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which database to connect to, as whom, and with how many connections. Making one connects to nothing;
 * {@link #openDataSource()} opens the pool. Only the database must be named: the host is {@code localhost}, the port
 * 5432, and the user {@code postgres} by default.
 *
 * <p>The password appears in {@link #password()}, {@link #toUrl()} and {@link #toJdbcUrl()}, and nowhere else: not in
 * {@link #toString()}, nor in any exception, log line or thread name. Immutable.
 */
public final class PostgresConfig {

    static final String APPLICATION_NAME = "ApplicationName";
    static final String POOL_SIZE = "pool_size";
    static final String CONNECTION_TIMEOUT = "connection_timeout";
    static final String IDLE_TIMEOUT = "idle_timeout";
    static final Set<String> POOL_OPTIONS = Set.of(POOL_SIZE, CONNECTION_TIMEOUT, IDLE_TIMEOUT);

    private static final String DEFAULT_APPLICATION_NAME = "hexai-jpa";
    private static final int DEFAULT_POOL_SIZE = 10;
    private static final Duration DEFAULT_CONNECTION_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration DEFAULT_IDLE_TIMEOUT = Duration.ofMinutes(10);

    private final List<PostgresHost> hosts;
    private final String database;
    private final String user;
    private final @Nullable String password;
    private final @Nullable Integer poolSize;
    private final @Nullable Duration connectionTimeout;
    private final @Nullable Duration idleTimeout;
    private final Map<String, String> parameters;

    /** Takes what {@link PostgresConfigBuilder#build()} has checked. */
    PostgresConfig(
            List<PostgresHost> hosts,
            String database,
            String user,
            @Nullable String password,
            @Nullable Integer poolSize,
            @Nullable Duration connectionTimeout,
            @Nullable Duration idleTimeout,
            Map<String, String> parameters) {
        this.hosts = List.copyOf(hosts);
        this.database = database;
        this.user = user;
        this.password = password;
        this.poolSize = poolSize;
        this.connectionTimeout = connectionTimeout;
        this.idleTimeout = idleTimeout;
        this.parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    /**
     * Reads a URL: {@code postgres://user:password@host:port/database?parameter=value}, with {@code postgresql://} the same, or
     * {@code jdbc:postgresql://}.
     *
     * <p>Several hosts are separated by commas, an IPv6 address stands in brackets. User and password may also be the
     * parameters {@code user} and {@code password}. {@code pool_size}, {@code connection_timeout} and {@code idle_timeout}
     * (both in milliseconds) are ours; every other parameter is passed to the driver. Characters with a meaning in URLs are
     * percent-encoded; in the {@code jdbc:} form a plus sign in database or parameters is a space, as it is for the driver.
     *
     * @param url the URL
     * @return the configuration
     * @throws InvalidConfigException if the URL is malformed, names no database, or holds a wrong value
     */
    public static PostgresConfig fromUrl(String url) {
        Faults faults = new Faults();
        return checked(PostgresUrlReader.read(url, "url", faults), faults);
    }

    /**
     * Reads {@code <PREFIX>_URL} from the environment; a system property of that name goes first.
     *
     * @param prefix such as {@code ORDER_DB}
     * @return the configuration
     * @throws InvalidConfigException if the variable is missing or wrong
     */
    public static PostgresConfig fromEnv(String prefix) {
        return fromEnv(prefix, EnvMode.URL);
    }

    /**
     * Reads the environment; a system property of the same name goes first.
     *
     * @param prefix such as {@code ORDER_DB}
     * @param mode one variable with a URL, or one for each field
     * @return the configuration
     * @throws InvalidConfigException if a variable is missing or wrong
     */
    public static PostgresConfig fromEnv(String prefix, EnvMode mode) {
        return fromEnv(prefix, mode, ConfigSource.standard());
    }

    /**
     * Reads the given variables, and not the environment.
     *
     * @param prefix such as {@code ORDER_DB}
     * @param mode one variable with a URL, or one for each field
     * @param environment values by variable name
     * @return the configuration
     * @throws InvalidConfigException if a variable is missing or wrong
     */
    public static PostgresConfig fromEnv(String prefix, EnvMode mode, Map<String, String> environment) {
        return fromEnv(prefix, mode, ConfigSource.of(environment));
    }

    private static PostgresConfig fromEnv(String prefix, EnvMode mode, ConfigSource source) {
        Faults faults = new Faults();
        return checked(PostgresEnvironment.read(requirePrefix(prefix), mode, source, faults), faults);
    }

    /**
     * Describes {@code <PREFIX>_URL}, for {@link Config#load} to read together with others.
     *
     * @param prefix such as {@code ORDER_DB}
     * @return what to load, and the key to ask for it
     */
    public static ConfigSpec<PostgresConfig> spec(String prefix) {
        return spec(prefix, EnvMode.URL);
    }

    /**
     * Describes the variables with this prefix, for {@link Config#load} to read together with others.
     *
     * @param prefix such as {@code ORDER_DB}
     * @param mode one variable with a URL, or one for each field
     * @return what to load, and the key to ask for it
     */
    public static ConfigSpec<PostgresConfig> spec(String prefix, EnvMode mode) {
        String checkedPrefix = requirePrefix(prefix);
        return new ConfigSpec<>(
                checkedPrefix + (mode == EnvMode.URL ? "_URL" : "_*"),
                (source, faults) -> PostgresEnvironment.read(checkedPrefix, mode, source, faults));
    }

    /**
     * Starts from the defaults: {@code localhost}, port 5432, user {@code postgres}, no password, and no database, which must be set.
     *
     * @return a new builder
     */
    public static PostgresConfigBuilder builder() {
        return new PostgresConfigBuilder();
    }

    private static PostgresConfig checked(@Nullable PostgresConfig config, Faults faults) {
        faults.throwIfAny();
        return Objects.requireNonNull(config);
    }

    private static String requirePrefix(String prefix) {
        if (prefix.isBlank()) {
            throw new IllegalArgumentException("The prefix must not be blank; give one such as ORDER_DB");
        }
        return prefix;
    }

    /** Reads a whole number that fits, digit by digit: no sign but a minus, no spaces. */
    static @Nullable Integer number(String text) {
        if (!text.matches("-?[0-9]{1,10}")) {
            return null;
        }
        long number = Long.parseLong(text);
        return number == (int) number ? (Integer) (int) number : null;
    }

    /**
     * Returns a builder that holds these values.
     *
     * @return a new builder
     */
    public PostgresConfigBuilder toBuilder() {
        return new PostgresConfigBuilder(this);
    }

    /**
     * Returns a copy that connects to this one host, at the port of the first host so far.
     *
     * @param host see {@link PostgresConfigBuilder#host}
     * @return the copy
     * @throws InvalidConfigException if it is neither a host name nor an address
     */
    public PostgresConfig withHost(String host) {
        return toBuilder().host(host).build();
    }

    /**
     * Returns a copy with this port for every host.
     *
     * @param port between 1 and 65535
     * @return the copy
     * @throws InvalidConfigException if it is out of range
     */
    public PostgresConfig withPort(int port) {
        return toBuilder().port(port).build();
    }

    /**
     * Returns a copy that tries these hosts in order.
     *
     * @param hosts at least one
     * @return the copy
     * @throws InvalidConfigException if there is none
     */
    public PostgresConfig withHosts(List<PostgresHost> hosts) {
        return toBuilder().hosts(hosts).build();
    }

    /**
     * Returns a copy for another database of the same server.
     *
     * @param database the name, in its own case and without quotes
     * @return the copy
     * @throws InvalidConfigException if it is blank
     */
    public PostgresConfig withDatabase(String database) {
        return toBuilder().database(database).build();
    }

    /**
     * Returns a copy that logs in as another user.
     *
     * @param user the role's name
     * @return the copy
     * @throws InvalidConfigException if it is blank
     */
    public PostgresConfig withUser(String user) {
        return toBuilder().user(user).build();
    }

    /**
     * Returns a copy with another password.
     *
     * @param password the password; null and the empty one mean none
     * @return the copy
     * @throws InvalidConfigException if it holds a character that PostgreSQL cannot take
     */
    public PostgresConfig withPassword(@Nullable String password) {
        return toBuilder().password(password).build();
    }

    /**
     * Returns a copy with another size of the pool.
     *
     * @param poolSize at least 1
     * @return the copy
     * @throws InvalidConfigException if it is less
     */
    public PostgresConfig withPoolSize(int poolSize) {
        return toBuilder().poolSize(poolSize).build();
    }

    /**
     * Returns a copy that waits this long for a connection from the pool.
     *
     * @param timeout see {@link PostgresConfigBuilder#connectionTimeout}
     * @return the copy
     * @throws InvalidConfigException if it is not positive, or longer than 24 days
     */
    public PostgresConfig withConnectionTimeout(Duration timeout) {
        return toBuilder().connectionTimeout(timeout).build();
    }

    /**
     * Returns a copy that closes connections unused for this long.
     *
     * @param timeout see {@link PostgresConfigBuilder#idleTimeout}
     * @return the copy
     * @throws InvalidConfigException if it is negative, or longer than 24 days
     */
    public PostgresConfig withIdleTimeout(Duration timeout) {
        return toBuilder().idleTimeout(timeout).build();
    }

    /**
     * Returns a copy whose connections appear under this name in {@code pg_stat_activity}.
     *
     * @param name the program's name
     * @return the copy
     * @throws InvalidConfigException if it holds a character that PostgreSQL cannot take
     */
    public PostgresConfig withApplicationName(String name) {
        return toBuilder().applicationName(name).build();
    }

    /**
     * Returns a copy with one connection parameter set.
     *
     * @param name see {@link PostgresConfigBuilder#parameter}
     * @param value its value
     * @return the copy
     * @throws InvalidConfigException if the name is that of a field, or either holds a character that PostgreSQL cannot take
     */
    public PostgresConfig withParameter(String name, String value) {
        return toBuilder().parameter(name, value).build();
    }

    /**
     * Returns the first host.
     *
     * @return a name or an address, IPv6 without brackets
     */
    public String host() {
        return hosts.get(0).name();
    }

    /**
     * Returns the first host's port.
     *
     * @return between 1 and 65535
     */
    public int port() {
        return hosts.get(0).port();
    }

    /**
     * Returns all hosts, in the order in which they are tried.
     *
     * @return at least one
     */
    public List<PostgresHost> hosts() {
        return hosts;
    }

    /**
     * Returns the database's name.
     *
     * @return never blank
     */
    public String database() {
        return database;
    }

    /**
     * Returns the user to log in as.
     *
     * @return never blank
     */
    public String user() {
        return user;
    }

    /**
     * Returns the password.
     *
     * @return the password in the clear, or null if there is none
     */
    public @Nullable String password() {
        return password;
    }

    /**
     * Returns how many connections the pool may hold, 10 unless set.
     *
     * @return at least 1
     */
    public int poolSize() {
        return Objects.requireNonNullElse(poolSize, DEFAULT_POOL_SIZE);
    }

    /**
     * Returns how long to wait for a connection, 10 seconds unless set.
     *
     * @return more than zero
     */
    public Duration connectionTimeout() {
        return Objects.requireNonNullElse(connectionTimeout, DEFAULT_CONNECTION_TIMEOUT);
    }

    /**
     * Returns how long a connection may lie unused in the pool, 10 minutes unless set.
     *
     * @return zero for ever
     */
    public Duration idleTimeout() {
        return Objects.requireNonNullElse(idleTimeout, DEFAULT_IDLE_TIMEOUT);
    }

    /**
     * Returns the name of the connections in {@code pg_stat_activity}, {@code hexai-jpa} unless set.
     *
     * @return the name
     */
    public String applicationName() {
        return parameters.getOrDefault(APPLICATION_NAME, DEFAULT_APPLICATION_NAME);
    }

    /**
     * Returns the connection parameters that were set, without the defaults of {@link #openDataSource()}.
     *
     * @return values by name, unmodifiable
     */
    public Map<String, String> parameters() {
        return parameters;
    }

    @Nullable
    Integer explicitPoolSize() {
        return poolSize;
    }

    @Nullable
    Duration explicitConnectionTimeout() {
        return connectionTimeout;
    }

    @Nullable
    Duration explicitIdleTimeout() {
        return idleTimeout;
    }

    /**
     * Returns the configuration as {@code postgres://user:password@host:port/database?…}, with the password in the clear and only
     * those options that were set. {@link #fromUrl} reads an equal configuration back.
     *
     * @return the URL
     */
    public String toUrl() {
        return new PostgresUrlWriter(this).url();
    }

    /**
     * Returns the configuration as a URL for {@code DriverManager}, with the password in the clear. It holds only what was set:
     * a connection made from it lacks the defaults of {@link #openDataSource()}, and the driver passes over the pool's
     * settings. {@link #fromUrl} reads an equal configuration back.
     *
     * @return {@code jdbc:postgresql://host:port/database?user=…&password=…}
     */
    public String toJdbcUrl() {
        return new PostgresUrlWriter(this).jdbcUrl();
    }

    /**
     * Opens a pool of connections to this database; the caller closes it. No connection is made before one is asked for,
     * so the server need not be there yet, and unused ones are closed down to none.
     *
     * <p>Connections come in auto-commit mode, as JDBC has it; the unit of work switches it off while it holds one, which
     * costs nothing. They have these parameters unless the configuration sets them:
     *
     * <ul>
     *   <li>{@code reWriteBatchedInserts=true}: a JDBC batch of inserts becomes few statements with many rows each. The
     *       driver then no longer knows how many rows each single insert of a batch made.
     *   <li>{@code preparedStatementCacheQueries=512} and {@code preparedStatementCacheSizeMiB=10}, twice the driver's own: an
     *       application's mapped statements fit, and those used five times stay prepared on the server.
     *   <li>{@code ApplicationName=hexai-jpa}: how {@code pg_stat_activity} shows the connection.
     *   <li>{@code connectTimeout=5}: seconds until the next host is tried.
     *   <li>{@code loginTimeout}: the pool's own wait for a connection, so that a server which accepts and never answers is an
     *       error and no hang.
     *   <li>{@code tcpKeepAlive=true}: a peer that vanished is noticed. There is no {@code socketTimeout}, which would cut off
     *       long statements; timeouts of transactions are the server's.
     * </ul>
     *
     * @return the pool, {@code hexai-} and the database's name in logs and thread names
     */
    public HikariDataSource openDataSource() {
        return openDataSource(pool -> {});
    }

    /**
     * Opens a pool as {@link #openDataSource()} does, after a last change to its settings.
     *
     * @param change gets the settings, with user and password filled in
     * @return the pool
     */
    public HikariDataSource openDataSource(Consumer<? super HikariConfig> change) {
        return ConnectionPool.open(this, change);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PostgresConfig that
                && hosts.equals(that.hosts)
                && database.equals(that.database)
                && user.equals(that.user)
                && Objects.equals(password, that.password)
                && Objects.equals(poolSize, that.poolSize)
                && Objects.equals(connectionTimeout, that.connectionTimeout)
                && Objects.equals(idleTimeout, that.idleTimeout)
                && parameters.equals(that.parameters);
    }

    @Override
    public int hashCode() {
        return Objects.hash(hosts, database, user, password, poolSize, connectionTimeout, idleTimeout, parameters);
    }

    /** Returns the URL with the password, and every parameter that looks like one, masked. */
    @Override
    public String toString() {
        return new PostgresUrlWriter(this).maskedUrl();
    }
}
