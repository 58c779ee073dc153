package io.hexai.jpa.database;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Config#load} is to read: made by {@link PostgresConfig#spec} or {@link #of}, kept, and used again to ask for the value.
 * Immutable.
 *
 * @param <T> the type of the value
 */
public final class ConfigSpec<T> {

    private final String name;
    private final Reader<T> reader;

    /** Returns the value, or null after adding what is wrong. */
    @FunctionalInterface
    interface Reader<T> {
        @Nullable
        T read(ConfigSource source, Faults faults);
    }

    ConfigSpec(String name, Reader<T> reader) {
        this.name = name;
        this.reader = reader;
    }

    /**
     * Describes a configuration of one's own, to be loaded together with others.
     *
     * @param name the variable that it is read from, named when it is wrong
     * @param reader makes the value; throws {@link IllegalArgumentException} with what is wrong, as a phrase that continues the
     *     name, and without anything secret
     * @param <T> the type of the value
     * @return what to load, and the key to ask for it
     */
    public static <T> ConfigSpec<T> of(String name, Function<? super ConfigSource, ? extends T> reader) {
        return new ConfigSpec<>(name, (source, faults) -> {
            try {
                return reader.apply(source);
            } catch (IllegalArgumentException e) {
                faults.add(name, String.valueOf(e.getMessage()));
                return null;
            }
        });
    }

    @Nullable
    T read(ConfigSource source, Faults faults) {
        return reader.read(source, faults);
    }

    /** Returns the name of the variable or variables that are read. */
    @Override
    public String toString() {
        return name;
    }
}
