package io.hexai.jpa.database;

import org.jspecify.annotations.Nullable;

/**
 * What {@link Config#load} is to read: made by {@link PostgresConfig#spec}, kept, and used again to ask for the value.
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
