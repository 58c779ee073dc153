package io.hexai.jpa.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.testing.ReducedClassPath;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.lang.reflect.InvocationTargetException;
import java.net.URLClassLoader;
import java.util.Map;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.spi.ConfigProviderResolver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MicroProfileSourceTest {

    private final ClassLoader before = Thread.currentThread().getContextClassLoader();
    private final ClassLoader own = new ClassLoader(before) {};
    private final Config config = new SmallRyeConfigBuilder()
            .withSources(new PropertiesConfigSource(
                    Map.of(
                            "ORDER_DB_URL", "postgres://ann@db/orders",
                            "replica.db.host", "${host}",
                            "replica.db.database", "orders",
                            "replica.db.user", "reader",
                            "host", "replica"),
                    "test",
                    100))
            .addDefaultInterceptors()
            .build();

    @BeforeEach
    void install() {
        Thread.currentThread().setContextClassLoader(own);
        ConfigProviderResolver.instance().registerConfig(config, own);
    }

    @AfterEach
    void remove() {
        ConfigProviderResolver.instance().releaseConfig(config);
        Thread.currentThread().setContextClassLoader(before);
    }

    @Test
    void readsVariablesAndPropertiesOfTheirNames() {
        ConfigSpec<PostgresConfig> orders = PostgresConfig.spec("ORDER_DB");
        ConfigSpec<PostgresConfig> replica = PostgresConfig.spec("REPLICA_DB", EnvMode.FIELDS);

        io.hexai.jpa.database.Config loaded =
                io.hexai.jpa.database.Config.load(ConfigSource.microProfileConfig(), orders, replica);

        assertThat(loaded.get(orders).toJdbcUrl()).startsWith("jdbc:postgresql://db:5432/orders");
        assertThat(loaded.get(replica).host()).isEqualTo("replica");
    }

    @Test
    void namesWhatIsMissingAsOtherSourcesDo() {
        assertThatThrownBy(() -> io.hexai.jpa.database.Config.load(
                        ConfigSource.microProfileConfig(), PostgresConfig.spec("OTHER_DB")))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("OTHER_DB_URL");
    }

    @Test
    void saysWhatToAddWhereItIsNotOnTheClassPath() throws Exception {
        try (URLClassLoader without = ReducedClassPath.without("microprofile", "smallrye")) {
            var method = without.loadClass(ConfigSource.class.getName()).getMethod("microProfileConfig");

            assertThatThrownBy(() -> method.invoke(null))
                    .isInstanceOf(InvocationTargetException.class)
                    .cause()
                    .hasMessageContaining("org.eclipse.microprofile.config:microprofile-config-api");
            assertThat(without.loadClass(ConfigSource.class.getName())
                            .getMethod("standard")
                            .invoke(null))
                    .isNotNull();
        }
    }
}
