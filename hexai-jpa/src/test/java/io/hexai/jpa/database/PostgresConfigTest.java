package io.hexai.jpa.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresConfigTest {

    private static final PostgresConfig FULL = PostgresConfig.builder()
            .hosts(List.of(new PostgresHost("a", 1), new PostgresHost("b", 2)))
            .database("orders")
            .user("me")
            .password("pw")
            .poolSize(5)
            .connectionTimeout(Duration.ofSeconds(3))
            .idleTimeout(Duration.ofMinutes(1))
            .parameter("sslmode", "require")
            .build();

    @Nested
    class Defaults {

        private final PostgresConfig config =
                PostgresConfig.builder().database("orders").build();

        @Test
        void standForAllButTheDatabase() {
            assertThat(config.hosts()).containsExactly(new PostgresHost("localhost", 5432));
            assertThat(config.host()).isEqualTo("localhost");
            assertThat(config.port()).isEqualTo(5432);
            assertThat(config.user()).isEqualTo("postgres");
            assertThat(config.password()).isNull();
            assertThat(config.poolSize()).isEqualTo(10);
            assertThat(config.connectionTimeout()).isEqualTo(Duration.ofSeconds(10));
            assertThat(config.idleTimeout()).isEqualTo(Duration.ofMinutes(10));
            assertThat(config.applicationName()).isEqualTo("hexai-jpa");
            assertThat(config.parameters()).isEmpty();
        }

        @Test
        void doNotStandForTheDatabase() {
            assertThatThrownBy(() -> PostgresConfig.builder().build())
                    .isInstanceOf(InvalidConfigException.class)
                    .hasMessageContaining("database must be set");
        }
    }

    @Nested
    class Building {

        @Test
        void tellsAllThatIsWrongAtOnce() {
            PostgresConfigBuilder builder = PostgresConfig.builder()
                    .host("a b")
                    .port(70_000)
                    .database(" ")
                    .user("")
                    .password("\0")
                    .poolSize(-1)
                    .connectionTimeout(Duration.ZERO)
                    .idleTimeout(Duration.ofMillis(-1))
                    .parameter("", "x")
                    .parameter("pool_size", "3")
                    .parameter("user", "me");

            assertThatExceptionOfType(InvalidConfigException.class)
                    .isThrownBy(builder::build)
                    .satisfies(failure -> assertThat(failure.faults())
                            .extracting(ConfigFault::name)
                            .containsExactly(
                                    "host",
                                    "port",
                                    "database",
                                    "user",
                                    "password",
                                    "pool_size",
                                    "connection_timeout",
                                    "idle_timeout",
                                    "parameters",
                                    "pool_size",
                                    "user"))
                    .withMessageContaining("port must be a number between 1 and 65535, not '70000'");
        }

        @Test
        void refusesTextThatHasNoFormInUtf8() {
            assertThatThrownBy(
                            () -> PostgresConfig.builder().database("a\uD800").build())
                    .isInstanceOf(InvalidConfigException.class);
        }

        @Test
        void refusesNoHosts() {
            assertThatThrownBy(() -> FULL.withHosts(List.of())).hasMessageContaining("at least one host");
        }

        @Test
        void refusesAPathForAHostWithTheWayOut() {
            assertThatThrownBy(() -> FULL.withHost("/var/run/postgresql")).hasMessageContaining("socketFactory");
        }

        @Test
        void keepsDurationsToTheMillisecond() {
            Duration timeout = Duration.ofNanos(1_999_999);

            assertThat(FULL.withConnectionTimeout(timeout).connectionTimeout()).isEqualTo(Duration.ofMillis(1));
        }

        @Test
        void takesAnIpv6AddressWithAndWithoutBrackets() {
            assertThat(FULL.withHost("[::1]")).isEqualTo(FULL.withHost("::1"));
            assertThat(FULL.withHost("::1").toUrl()).contains("@[::1]:1/");
        }
    }

    @Nested
    class Copies {

        @Test
        void differInOneFieldOnly() {
            Map<String, UnaryOperator<PostgresConfig>> changes = new LinkedHashMap<>();
            changes.put("postgres://me:pw@c:1/orders", c -> c.withHost("c"));
            changes.put("postgres://me:pw@a:9,b:9/orders", c -> c.withPort(9));
            changes.put("postgres://me:pw@c:3/orders", c -> c.withHosts(List.of(new PostgresHost("c", 3))));
            changes.put("postgres://me:pw@a:1,b:2/other", c -> c.withDatabase("other"));
            changes.put("postgres://you:pw@a:1,b:2/orders", c -> c.withUser("you"));
            changes.put("postgres://me:new@a:1,b:2/orders", c -> c.withPassword("new"));
            changes.put("postgres://me@a:1,b:2/orders", c -> c.withPassword(null));

            changes.forEach((expected, change) -> assertThat(change.apply(FULL).toUrl())
                    .isEqualTo(expected + "?pool_size=5&connection_timeout=3000&idle_timeout=60000&sslmode=require"));
        }

        @Test
        void mergeTheSettingsOfThePool() {
            String base = "postgres://me:pw@a:1,b:2/orders?";

            assertThat(FULL.withPoolSize(7).toUrl())
                    .isEqualTo(base + "pool_size=7&connection_timeout=3000&idle_timeout=60000&sslmode=require");
            assertThat(FULL.withConnectionTimeout(Duration.ofMillis(1)).toUrl())
                    .isEqualTo(base + "pool_size=5&connection_timeout=1&idle_timeout=60000&sslmode=require");
            assertThat(FULL.withIdleTimeout(Duration.ZERO).toUrl())
                    .isEqualTo(base + "pool_size=5&connection_timeout=3000&idle_timeout=0&sslmode=require");
            assertThat(FULL.withApplicationName("x").applicationName()).isEqualTo("x");
            assertThat(FULL.withParameter("sslmode", "disable").parameters()).isEqualTo(Map.of("sslmode", "disable"));
        }

        @Test
        void leaveTheOriginalAlone() {
            String before = FULL.toUrl();

            PostgresConfig copy = FULL.withPoolSize(9)
                    .withHost("elsewhere")
                    .withPassword("x")
                    .withParameter("a", "b")
                    .withDatabase("c");

            assertThat(copy).isNotEqualTo(FULL);
            assertThat(FULL.toUrl()).isEqualTo(before);
        }

        @Test
        void shareNothingThatCanChange() {
            Map<String, String> parameters = new LinkedHashMap<>(Map.of("a", "b"));
            PostgresConfigBuilder builder =
                    PostgresConfig.builder().database("orders").parameters(parameters);
            PostgresConfig config = builder.build();
            parameters.put("c", "d");
            builder.parameter("e", "f");

            assertThat(config.parameters()).isEqualTo(Map.of("a", "b"));
            assertThatThrownBy(() -> config.parameters().put("x", "y"))
                    .isInstanceOf(UnsupportedOperationException.class);
            assertThatThrownBy(() -> config.hosts().clear()).isInstanceOf(UnsupportedOperationException.class);
        }

        @Test
        void areCheckedToo() {
            assertThatThrownBy(() -> FULL.withPort(0)).isInstanceOf(InvalidConfigException.class);
            assertThatThrownBy(() -> FULL.withPoolSize(0)).isInstanceOf(InvalidConfigException.class);
            assertThatThrownBy(() -> FULL.withDatabase("")).isInstanceOf(InvalidConfigException.class);
        }
    }

    @Nested
    class FromTheEnvironment {

        @Test
        void readsTheUrlByDefault() {
            PostgresConfig config = PostgresConfig.fromEnv(
                    "ORDER_DB", EnvMode.URL, Map.of("ORDER_DB_URL", "postgres://me:pw@h:1/orders"));

            assertThat(config.toUrl()).isEqualTo("postgres://me:pw@h:1/orders");
        }

        @ParameterizedTest
        @NullAndEmptySource
        @ValueSource(strings = "  ")
        void namesTheUrlThatIsNotSet(String value) {
            Map<String, String> environment = value == null ? Map.of() : Map.of("ORDER_DB_URL", value);

            assertThatThrownBy(() -> PostgresConfig.fromEnv("ORDER_DB", EnvMode.URL, environment))
                    .isInstanceOf(InvalidConfigException.class)
                    .hasMessageContaining("ORDER_DB_URL is not set");
        }

        @Test
        void namesTheVariableOfAWrongUrl() {
            Map<String, String> environment = Map.of("ORDER_DB_URL", "postgres://me:S3cretly@h:1/orders?pool_size=x");

            assertThatThrownBy(() -> PostgresConfig.fromEnv("ORDER_DB", EnvMode.URL, environment))
                    .hasMessageContaining("ORDER_DB_URL (pool_size) must be a whole number, not 'x'")
                    .hasMessageNotContaining("S3cretly");
        }

        @Test
        void readsAllFields() {
            PostgresConfig config = PostgresConfig.fromEnv(
                    "ORDER_DB",
                    EnvMode.FIELDS,
                    Map.of(
                            "ORDER_DB_HOST", "h",
                            "ORDER_DB_PORT", "5433",
                            "ORDER_DB_DATABASE", "orders",
                            "ORDER_DB_USER", "me",
                            "ORDER_DB_PASSWORD", "p@:/?#w"));

            assertThat(config)
                    .isEqualTo(PostgresConfig.builder()
                            .host("h")
                            .port(5433)
                            .database("orders")
                            .user("me")
                            .password("p@:/?#w")
                            .build());
        }

        @Test
        void takesDefaultsForFieldsThatAreMissingOrEmpty() {
            PostgresConfig bare = PostgresConfig.builder().database("orders").build();

            assertThat(PostgresConfig.fromEnv("ORDER_DB", EnvMode.FIELDS, Map.of("ORDER_DB_DATABASE", "orders")))
                    .isEqualTo(bare);
            assertThat(PostgresConfig.fromEnv(
                            "ORDER_DB",
                            EnvMode.FIELDS,
                            Map.of(
                                    "ORDER_DB_DATABASE", "orders",
                                    "ORDER_DB_HOST", "",
                                    "ORDER_DB_PORT", "",
                                    "ORDER_DB_USER", "",
                                    "ORDER_DB_PASSWORD", "")))
                    .isEqualTo(bare);
        }

        @ParameterizedTest
        @ValueSource(strings = {"99999", "-1", "NaN", "5433abc", "0"})
        void namesThePortAndTheMissingDatabaseTogether(String port) {
            Map<String, String> environment = Map.of("ORDER_DB_PORT", port, "ORDER_DB_HOST", "no host");

            assertThatExceptionOfType(InvalidConfigException.class)
                    .isThrownBy(() -> PostgresConfig.fromEnv("ORDER_DB", EnvMode.FIELDS, environment))
                    .satisfies(failure -> assertThat(failure.faults())
                            .extracting(ConfigFault::name)
                            .containsExactlyInAnyOrder("ORDER_DB_DATABASE", "ORDER_DB_PORT", "ORDER_DB_HOST"))
                    .withMessageContaining("not '" + port + "'");
        }

        @Test
        void doesNotRepeatAUrlThatLandedInTheWrongVariable() {
            Map<String, String> environment = Map.of(
                    "ORDER_DB_HOST", "postgres://me:S3cretly@h/db",
                    "ORDER_DB_PORT", "me:S3cretly@h",
                    "ORDER_DB_DATABASE", "orders");

            assertThatThrownBy(() -> PostgresConfig.fromEnv("ORDER_DB", EnvMode.FIELDS, environment))
                    .hasMessageNotContaining("S3cretly");
        }

        @Test
        void readsSystemPropertiesBeforeTheEnvironment() {
            String name = "HEXAI_TEST_PROPERTY";
            System.setProperty(name + "_URL", "postgres://h/orders");
            try {
                assertThat(PostgresConfig.fromEnv(name).database()).isEqualTo("orders");
            } finally {
                System.clearProperty(name + "_URL");
            }
            assertThatThrownBy(() -> PostgresConfig.fromEnv(name)).hasMessageContaining(name + "_URL is not set");
        }

        @Test
        void refusesABlankPrefix() {
            assertThatThrownBy(() -> PostgresConfig.fromEnv(" ")).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
