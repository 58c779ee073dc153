package io.hexai.jpa.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.URI;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresConfigUrlTest {

    @Nested
    class Reading {

        @ParameterizedTest
        @ValueSource(strings = {"postgres", "postgresql", "jdbc:postgresql"})
        void readsEveryPartUnderEachScheme(String scheme) {
            PostgresConfig config = PostgresConfig.fromUrl(
                    scheme + "://admin:secret@db.example.com:5433/orders?pool_size=20&connection_timeout=5000"
                            + "&idle_timeout=30000&sslmode=verify-full");

            assertThat(config)
                    .isEqualTo(PostgresConfig.builder()
                            .host("db.example.com")
                            .port(5433)
                            .database("orders")
                            .user("admin")
                            .password("secret")
                            .poolSize(20)
                            .connectionTimeout(Duration.ofSeconds(5))
                            .idleTimeout(Duration.ofSeconds(30))
                            .parameter("sslmode", "verify-full")
                            .build());
        }

        @ParameterizedTest
        @ValueSource(strings = {"postgres:///orders", "postgres://localhost/orders", "postgres://:5432/orders"})
        void fillsInWhatIsLeftOut(String url) {
            PostgresConfig config = PostgresConfig.fromUrl(url);

            assertThat(config.host()).isEqualTo("localhost");
            assertThat(config.port()).isEqualTo(5432);
            assertThat(config.user()).isEqualTo("postgres");
            assertThat(config.password()).isNull();
        }

        @Test
        void takesAnEmptyPasswordForNone() {
            assertThat(PostgresConfig.fromUrl("postgres://me:@h/orders").password())
                    .isNull();
        }

        @ParameterizedTest
        @CsvSource({
            "postgres://me:a:b@h/db, a:b",
            "postgres://me:a@b@h/db, a@b",
            "postgres://me:a?b@h/db, a?b",
            "postgres://me:a#b@h/db, a#b",
            "postgres://me:a+b@h/db, a+b",
            "postgres://me:a%40b%2Fc%3Ad%25@h/db, a@b/c:d%",
            "postgres://me:%C3%BC@h/db, ü",
            "postgres://h/db?user=me&password=a%26b, a&b",
            "jdbc:postgresql://h/db?user=me&password=a%2Bb, a+b",
        })
        void readsHostilePasswords(String url, String password) {
            PostgresConfig config = PostgresConfig.fromUrl(url);

            assertThat(config.password()).isEqualTo(password);
            assertThat(config.user()).isEqualTo("me");
            assertThat(config.host()).isEqualTo("h");
            assertThat(config.database()).isEqualTo("db");
        }

        @Test
        void decodesUserAndDatabase() {
            PostgresConfig config = PostgresConfig.fromUrl("postgres://me%40corp:x@h/a%2Fb%3Fc");

            assertThat(config.user()).isEqualTo("me@corp");
            assertThat(config.database()).isEqualTo("a/b?c");
        }

        @Test
        void readsAPlusSignAsTheDriverDoesAndAsLibpqDoes() {
            assertThat(PostgresConfig.fromUrl("jdbc:postgresql://h/a+b?options=-c+x")
                            .parameters())
                    .isEqualTo(Map.of("options", "-c x"));
            assertThat(PostgresConfig.fromUrl("jdbc:postgresql://h/a+b").database())
                    .isEqualTo("a b");
            assertThat(PostgresConfig.fromUrl("postgres://h/a+b?options=-c+x").parameters())
                    .isEqualTo(Map.of("options", "-c+x"));
            assertThat(PostgresConfig.fromUrl("postgres://h/a+b").database()).isEqualTo("a+b");
        }

        @Test
        void readsIpv6AndSeveralHosts() {
            PostgresConfig config =
                    PostgresConfig.fromUrl("postgres://me@[::1]:5433,db2,10.0.0.3:6000,[2001:db8::7]/orders");

            assertThat(config.hosts())
                    .containsExactly(
                            new PostgresHost("::1", 5433),
                            new PostgresHost("db2", 5432),
                            new PostgresHost("10.0.0.3", 6000),
                            new PostgresHost("2001:db8::7", 5432));
            assertThat(config.host()).isEqualTo("::1");
            assertThat(config.port()).isEqualTo(5433);
        }

        @Test
        void readsTheZoneOfAnIpv6Address() {
            assertThat(PostgresConfig.fromUrl("postgres://[fe80::1%25eth0]/db").host())
                    .isEqualTo("fe80::1%eth0");
            assertThat(PostgresConfig.fromUrl("jdbc:postgresql://[fe80::1%eth0]/db")
                            .host())
                    .isEqualTo("fe80::1%eth0");
        }

        @Test
        void translatesTheNamesOfLibpq() {
            assertThat(PostgresConfig.fromUrl("postgres://a,b/db?application_name=shop&connect_timeout=3"
                                    + "&target_session_attrs=read-write")
                            .parameters())
                    .isEqualTo(Map.of("ApplicationName", "shop", "connectTimeout", "3", "targetServerType", "primary"));
        }
    }

    @Nested
    class Refusing {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "orders",
                    "mysql://me:pw@h/db",
                    "Postgres://me:pw@h/db",
                    "xpostgres://me:pw@h/db",
                    "postgres:me:pw@h/db",
                    "jdbc:postgres://me:pw@h/db",
                    "jdbc:postgresql:db",
                })
        void refusesAnotherScheme(String url) {
            assertThat(problemOf(url)).contains("is no PostgreSQL URL: it starts with none of");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "postgres://me:pw@h",
                    "postgres://me:pw@h/",
                    "postgres://me:pw@h/?sslmode=require",
                    "postgres://me:pw@h?sslmode=require",
                    "postgres://",
                })
        void refusesAUrlWithoutDatabase(String url) {
            assertThat(problemOf(url)).contains("names no database");
        }

        @ParameterizedTest
        @ValueSource(strings = {"99999", "-1", "0", "NaN", "5433abc", "", "4294967297", "+5432", "٥"})
        void refusesAPort(String port) {
            assertThat(problemOf("postgres://me:pw@h:" + port + "/db")).contains("the port of its host is no number");
        }

        @Test
        void namesTheWrongOneOfSeveralHosts() {
            assertThat(problemOf("postgres://me:pw@a,b:0,c/db")).contains("the port of its host 2");
            assertThat(problemOf("postgres://me:pw@a,,c/db")).contains("its host 2 is neither");
        }

        @ParameterizedTest
        @ValueSource(strings = {"::1", "[::1", "[::g]", "a b", "h[0]", "%2Ftmp", "a\\b", "[1.2.3.4.5]:"})
        void refusesAHost(String host) {
            assertThat(problemOf("postgres://me:pw@" + host.replace(" ", "%20") + "/db"))
                    .contains("is no PostgreSQL URL");
        }

        @ParameterizedTest
        @CsvSource({
            "pool_size=0, pool_size",
            "pool_size=-3, pool_size",
            "pool_size=NaN, pool_size",
            "pool_size=, pool_size",
            "connection_timeout=0, connection_timeout",
            "connection_timeout=5s, connection_timeout",
            "idle_timeout=-1, idle_timeout",
            "idle_timeout=99999999999, idle_timeout",
            "a=1&a=2, a",
            "PGHOST=elsewhere, PGHOST",
            "host=elsewhere, host",
            "dbname=other, dbname",
            "user=other, user",
        })
        void namesTheWrongParameter(String query, String parameter) {
            assertThat(problemOf("postgres://me:pw@h/db?" + query)).startsWith("url (" + parameter + ") ");
        }

        @ParameterizedTest
        @ValueSource(strings = {"%", "%4", "%zz", "%FF", "%-1", "%00", "%ED%A0%80"})
        void refusesBrokenEncodingInEveryPart(String broken) {
            assertThat(problemOf("postgres://me:" + broken + "@h/db")).isNotEmpty();
            assertThat(problemOf("postgres://" + broken + "@h/db")).isNotEmpty();
            assertThat(problemOf("postgres://me@" + broken + "/db")).isNotEmpty();
            assertThat(problemOf("postgres://me@h/" + broken)).isNotEmpty();
            assertThat(problemOf("postgres://me@h/db?a=" + broken)).isNotEmpty();
            assertThat(problemOf("postgres://me@h/db?" + broken + "=a")).isNotEmpty();
        }

        @Test
        void tellsAllThatIsWrongAtOnce() {
            InvalidConfigException failure =
                    failureOf("postgres://me:pw@h/db?pool_size=0&idle_timeout=-5&PGPORT=7&x=%00");

            assertThat(failure.faults())
                    .extracting(ConfigFault::name)
                    .containsExactly("url (pool_size)", "url (idle_timeout)", "url (PGPORT)", "url (x)");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "mysql://me:S3cretly@h/db",
                    "postgres://me:S3cretly@h",
                    "postgres://me:S3cretly@h:99999/db",
                    "postgres://me:S3cretly@[h/db",
                    "postgres://me:x/S3cretly@h/db",
                    "postgres://me:S3cretly/x@h/db",
                    "postgres://me:S3cretly/db",
                    "postgres://me:S3cretly",
                    "postgres://me:x/y?S3cretly@h/db",
                    "postgres://me:S3cretly%@h/db",
                    "postgres://me:S3cretly @h/db",
                    "postgres://me:x@S3cretly@/db",
                    "postgres://me:x@S3cretly:y@h/db?pool_size=0",
                    "postgres://me:x/y?pool_size=S3cretly@h/db",
                    "postgres://me:x/y?S3cretly&S3cretly@h/db",
                    "postgres://me:12/y?S3cretly&S3cretly&@h/db",
                    "postgres://h/db?user=me&password=S3cretly&password=S3cretly",
                    "postgres://h/db?user=me&password=S3cretly%00",
                    "jdbc:postgresql://h:99999/db?password=S3cretly",
                })
        void neverTellsThePassword(String url) {
            PostgresConfig config;
            try {
                config = PostgresConfig.fromUrl(url);
            } catch (InvalidConfigException refused) {
                assertThat(refused).hasMessageNotContaining("S3cretly");
                assertThat(refused.getCause()).isNull();
                return;
            }
            assertThat(config.toString()).doesNotContain("S3cretly");
        }

        private String problemOf(String url) {
            return failureOf(url).faults().get(0).toString();
        }

        private InvalidConfigException failureOf(String url) {
            InvalidConfigException failure =
                    catchThrowableOfType(InvalidConfigException.class, () -> PostgresConfig.fromUrl(url));
            assertThat(failure).as("refusal of %s", url).isNotNull();
            return failure;
        }
    }

    @Nested
    class Writing {

        @Test
        void writesOnlyTheOptionsThatWereSetInAFixedOrder() {
            PostgresConfig plain =
                    PostgresConfig.builder().database("orders").user("me").build();

            assertThat(plain.toUrl()).isEqualTo("postgres://me@localhost:5432/orders");
            assertThat(plain.withIdleTimeout(Duration.ofMillis(30_000))
                            .withConnectionTimeout(Duration.ofMillis(5_000))
                            .withPoolSize(10)
                            .withPassword("pw")
                            .toUrl())
                    .isEqualTo("postgres://me:pw@localhost:5432/orders"
                            + "?pool_size=10&connection_timeout=5000&idle_timeout=30000");
        }

        @Test
        @DisplayName("fromUrl(toUrl(c)) and fromUrl(toJdbcUrl(c)) equal c, for hostile text everywhere")
        void roundTrips() {
            for (long seed = 0; seed < 3_000; seed++) {
                PostgresConfig config = new HostileConfigs(seed).next();

                assertThat(PostgresConfig.fromUrl(config.toUrl()))
                        .as("seed %d: %s", seed, config.toUrl())
                        .isEqualTo(config)
                        .hasSameHashCodeAs(config);
                assertThat(PostgresConfig.fromUrl(config.toJdbcUrl()))
                        .as("seed %d: %s", seed, config.toJdbcUrl())
                        .isEqualTo(config);
            }
        }

        @Test
        void writesUrlsThatAStrictParserAccepts() {
            for (long seed = 0; seed < 500; seed++) {
                PostgresConfig config = new HostileConfigs(seed).next().withHost("h");

                URI uri = URI.create(config.toUrl());

                assertThat(uri.getUserInfo())
                        .isEqualTo(config.user() + (config.password() == null ? "" : ":" + config.password()));
                assertThat(uri.getPath()).isEqualTo("/" + config.database());
                assertThat(uri.getHost()).isEqualTo("h");
            }
        }

        @Test
        void writesJdbcUrlsThatTheDriverReadsTheSameWay() throws SQLException {
            for (long seed = 0; seed < 500; seed++) {
                PostgresConfig config = new HostileConfigs(seed).next();
                String url = config.toJdbcUrl();
                Map<String, String> read = new HashMap<>();

                for (DriverPropertyInfo property :
                        DriverManager.getDriver(url).getPropertyInfo(url, new Properties())) {
                    read.put(property.name, property.value);
                }

                assertThat(read)
                        .containsEntry("PGDBNAME", config.database())
                        .containsEntry("user", config.user())
                        .containsEntry("password", config.password())
                        .containsEntry(
                                "PGHOST",
                                joined(
                                        config,
                                        host -> host.name().contains(":") ? "[" + host.name() + "]" : host.name()))
                        .containsEntry("PGPORT", joined(config, host -> Integer.toString(host.port())));
            }
        }

        private String joined(PostgresConfig config, Function<PostgresHost, String> part) {
            return config.hosts().stream().map(part).collect(Collectors.joining(","));
        }

        @Test
        void masksWhatIsSecretInItsText() {
            PostgresConfig config = PostgresConfig.builder()
                    .database("orders")
                    .password("S3cretly")
                    .parameter("sslpassword", "S3cretly")
                    .parameter("sslmode", "require")
                    .build();

            assertThat(config)
                    .hasToString("postgres://postgres:***@localhost:5432/orders?sslpassword=***&sslmode=require");
        }

        @Test
        void masksEveryHostilePassword() {
            for (long seed = 0; seed < 500; seed++) {
                PostgresConfig config = new HostileConfigs(seed).next();
                String other = config.withPassword("another").toString();

                assertThat(config.withPassword("one").toString()).isEqualTo(other);
            }
        }
    }

    /** Valid configurations, full of characters that mean something in a URL. */
    private static final class HostileConfigs {

        private static final String ALPHABET = "aZ09 :/?#[]@!$&'()*+,;=%\\\"<>^`{|}~-._\t\n\u0001üß漢\uD83D\uDE00%25";
        private static final List<String> HOSTS = List.of(
                "localhost", "db-1.example.com", "10.1.2.3", "::1", "2001:db8::1", "fe80::1%eth0", "under_score");

        private final Random random;

        HostileConfigs(long seed) {
            random = new Random(seed);
        }

        PostgresConfig next() {
            PostgresConfigBuilder builder = PostgresConfig.builder()
                    .hosts(Stream.generate(this::host)
                            .limit(1 + random.nextInt(3))
                            .toList())
                    .database("d" + text())
                    .user(text() + "u")
                    .password(random.nextInt(4) == 0 ? null : text());
            if (random.nextBoolean()) {
                builder.poolSize(1 + random.nextInt(100));
            }
            if (random.nextBoolean()) {
                builder.connectionTimeout(Duration.ofMillis(1 + random.nextInt(100_000)));
            }
            if (random.nextBoolean()) {
                builder.idleTimeout(Duration.ofMillis(random.nextInt(100_000)));
            }
            IntStream.range(0, random.nextInt(4)).forEach(i -> builder.parameter("p" + text(), text()));
            return builder.build();
        }

        private PostgresHost host() {
            return new PostgresHost(HOSTS.get(random.nextInt(HOSTS.size())), 1 + random.nextInt(65_535));
        }

        private String text() {
            int[] alphabet = ALPHABET.codePoints().toArray();
            return random.ints(random.nextInt(12), 0, alphabet.length)
                    .mapToObj(i -> Character.toString(alphabet[i]))
                    .collect(Collectors.joining());
        }
    }
}
