package io.hexai.jpa.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigTest {

    private static final ConfigSpec<PostgresConfig> ORDERS = PostgresConfig.spec("ORDER_DB");
    private static final ConfigSpec<PostgresConfig> REPLICA = PostgresConfig.spec("REPLICA", EnvMode.FIELDS);

    @Test
    void givesEachValueByItsSpec() {
        ConfigSource source =
                ConfigSource.of(Map.of("ORDER_DB_URL", "postgres://h/orders", "REPLICA_DATABASE", "replica"));

        Config config = Config.load(source, ORDERS, REPLICA);

        assertThat(config.get(ORDERS).host()).isEqualTo("h");
        assertThat(config.get(REPLICA).database()).isEqualTo("replica");
        assertThat(config.get(ORDERS)).isSameAs(config.get(ORDERS));
    }

    @Test
    void tellsAllThatIsWrongInAllOfThem() {
        ConfigSource source = ConfigSource.of(Map.of(
                "ORDER_DB_URL", "postgres://me:S3cretly@h:x/orders", "REPLICA_PORT", "0", "REPLICA_HOST", "/tmp"));

        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> Config.load(source, ORDERS, REPLICA))
                .satisfies(failure -> assertThat(failure.faults())
                        .extracting(ConfigFault::name)
                        .containsExactly("ORDER_DB_URL", "REPLICA_DATABASE", "REPLICA_HOST", "REPLICA_PORT"))
                .withMessageStartingWith("Invalid configuration:\n  - ORDER_DB_URL ")
                .withMessageNotContaining("S3cretly");
    }

    @Test
    void readsSystemPropertiesAndTheEnvironmentByDefault() {
        System.setProperty("ORDER_DB_URL", "postgres://from-property/orders");
        try {
            assertThat(Config.load(ORDERS).get(ORDERS).host()).isEqualTo("from-property");
        } finally {
            System.clearProperty("ORDER_DB_URL");
        }
        assertThat(ConfigSource.standard().get("PATH")).isEqualTo(System.getenv("PATH"));
    }

    @Test
    void asksTheNextSourceForWhatTheFirstLacks() {
        ConfigSource source = ConfigSource.of(Map.of("a", "1")).orElse(ConfigSource.of(Map.of("a", "2", "b", "3")));

        assertThat(source.get("a")).isEqualTo("1");
        assertThat(source.get("b")).isEqualTo("3");
        assertThat(source.get("c")).isNull();
    }

    @Test
    void namesTheSpecThatWasNotLoaded() {
        Config config = Config.load(ConfigSource.of(Map.of("ORDER_DB_URL", "postgres://h/orders")), ORDERS);

        assertThatThrownBy(() -> config.get(REPLICA))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Not loaded: REPLICA_*")
                .hasMessageContaining("[ORDER_DB_URL]");
    }

    @Test
    void keepsTheFaultsWhenTheExceptionTravels() throws Exception {
        InvalidConfigException failure = new InvalidConfigException(List.of(new ConfigFault("A", "is not set")));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new ObjectOutputStream(bytes).writeObject(failure);

        Object copy = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();

        assertThat(copy)
                .isInstanceOfSatisfying(
                        InvalidConfigException.class,
                        travelled -> assertThat(travelled.faults()).isEqualTo(failure.faults()));
    }
}
