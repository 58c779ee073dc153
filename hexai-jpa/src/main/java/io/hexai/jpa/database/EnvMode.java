package io.hexai.jpa.database;

/** How a {@link PostgresConfig} lies in the environment. */
public enum EnvMode {
    /** One variable, {@code <PREFIX>_URL}, holds all of it. */
    URL,
    /**
     * A variable for each field: {@code <PREFIX>_DATABASE}, which must be set, and {@code <PREFIX>_HOST}, {@code _PORT},
     * {@code _USER} and {@code _PASSWORD}, which have the defaults of {@link PostgresConfig#builder()}.
     */
    FIELDS
}
