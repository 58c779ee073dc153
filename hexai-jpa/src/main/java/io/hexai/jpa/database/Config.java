package io.hexai.jpa.database;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Several configurations, loaded together, so that everything that is wrong with any of them is told at once. Immutable.
 *
 * <pre>{@code
 * ConfigSpec<PostgresConfig> orders = PostgresConfig.spec("ORDER_DB");
 * ConfigSpec<PostgresConfig> replica = PostgresConfig.spec("ORDER_REPLICA");
 * Config config = Config.load(orders, replica);
 * config.get(orders).host();
 * }</pre>
 */
public final class Config {

    private final Map<ConfigSpec<?>, Object> values;

    private Config(Map<ConfigSpec<?>, Object> values) {
        this.values = values;
    }

    /**
     * Loads from {@link ConfigSource#standard()}: the system properties, then the environment.
     *
     * @param specs what to load
     * @return the values
     * @throws InvalidConfigException if anything is missing or wrong; names all of it
     */
    public static Config load(ConfigSpec<?>... specs) {
        return load(ConfigSource.standard(), specs);
    }

    /**
     * Loads from the given source only.
     *
     * @param source where the values come from
     * @param specs what to load
     * @return the values
     * @throws InvalidConfigException if anything is missing or wrong; names all of it
     */
    public static Config load(ConfigSource source, ConfigSpec<?>... specs) {
        Map<ConfigSpec<?>, Object> values = new HashMap<>();
        Faults faults = new Faults();
        for (ConfigSpec<?> spec : specs) {
            Object value = spec.read(source, faults);
            if (value != null) {
                values.put(spec, value);
            }
        }
        faults.throwIfAny();
        return new Config(values);
    }

    /**
     * Returns a loaded value.
     *
     * @param spec one of those given to {@link #load}, the same object
     * @param <T> the type of the value
     * @return the value, the same at every call
     * @throws IllegalArgumentException if the spec was not loaded
     */
    @SuppressWarnings("unchecked")
    public <T> T get(ConfigSpec<T> spec) {
        Object value = values.get(spec);
        if (value == null) {
            throw new IllegalArgumentException("Not loaded: " + spec + ". Loaded are "
                    + values.keySet().stream()
                            .map(ConfigSpec::toString)
                            .sorted()
                            .collect(Collectors.toList())
                    + "; pass the very same spec to Config.load and to get");
        }
        return (T) value;
    }
}
