package io.hexai.jpa.database;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where configuration values come from, by variable name. By default the system properties, then the environment.
 * Implement this to read from elsewhere.
 */
@FunctionalInterface
public interface ConfigSource {

    /**
     * Looks up a value.
     *
     * @param name the variable's name
     * @return its value, or null if it is not set
     */
    @Nullable
    String get(String name);

    /**
     * Returns the default source: a system property if one is set, else the environment variable of the same name.
     *
     * @return the source
     */
    static ConfigSource standard() {
        return systemProperties().orElse(environment());
    }

    /**
     * Returns the environment of this process.
     *
     * @return the source
     */
    static ConfigSource environment() {
        return System::getenv;
    }

    /**
     * Returns the system properties of this JVM, as they are when a value is read.
     *
     * @return the source
     */
    static ConfigSource systemProperties() {
        return System::getProperty;
    }

    /**
     * Returns what MicroProfile Config knows on the class path of the calling thread: {@code ORDER_DB_URL}, or else the
     * property {@code order.db.url}. It needs {@code org.eclipse.microprofile.config:microprofile-config-api} and an
     * implementation, such as SmallRye Config, which a server of that kind brings along.
     *
     * @return the source
     * @throws IllegalStateException if MicroProfile Config is missing, or has no implementation
     */
    static ConfigSource microProfileConfig() {
        return MicroProfileSource.ofCallingThread();
    }

    /**
     * Returns a source that reads only the given values.
     *
     * @param values values by variable name; copied
     * @return the source
     */
    static ConfigSource of(Map<String, String> values) {
        return Map.copyOf(values)::get;
    }

    /**
     * Returns a source that asks another one for what this one does not have.
     *
     * @param fallback the other source
     * @return the source
     */
    default ConfigSource orElse(ConfigSource fallback) {
        return name -> {
            String value = get(name);
            return value == null ? fallback.get(name) : value;
        };
    }
}
