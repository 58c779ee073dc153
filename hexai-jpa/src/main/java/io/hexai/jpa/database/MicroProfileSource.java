package io.hexai.jpa.database;

import java.util.Locale;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;

/** Reads from MicroProfile Config; a class of its own, since that is optional. */
final class MicroProfileSource implements ConfigSource {

    private final Config config;

    private MicroProfileSource(Config config) {
        this.config = config;
    }

    static ConfigSource ofCallingThread() {
        try {
            return new MicroProfileSource(ConfigProvider.getConfig());
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException(
                    "MicroProfile Config is not on the class path. Add"
                            + " org.eclipse.microprofile.config:microprofile-config-api and an implementation,"
                            + " such as io.smallrye.config:smallrye-config.",
                    e);
        }
    }

    @Override
    public @Nullable String get(String name) {
        return config.getOptionalValue(name, String.class)
                .or(() -> config.getOptionalValue(propertyName(name), String.class))
                .orElse(null);
    }

    private static String propertyName(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', '.');
    }
}
