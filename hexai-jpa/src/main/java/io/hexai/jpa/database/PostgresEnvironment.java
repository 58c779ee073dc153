package io.hexai.jpa.database;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads a configuration from variables that begin with one prefix. */
final class PostgresEnvironment {

    private final String prefix;
    private final ConfigSource source;
    private final Faults faults;

    private PostgresEnvironment(String prefix, ConfigSource source, Faults faults) {
        this.prefix = prefix;
        this.source = source;
        this.faults = faults;
    }

    /** Returns the configuration, or null after adding what is wrong. */
    static @Nullable PostgresConfig read(String prefix, EnvMode mode, ConfigSource source, Faults faults) {
        PostgresEnvironment environment = new PostgresEnvironment(prefix, source, faults);
        return mode == EnvMode.URL ? environment.readUrl() : environment.readFields();
    }

    private @Nullable PostgresConfig readUrl() {
        String name = prefix + "_URL";
        String url = valueOf(name);
        if (url == null) {
            faults.add(name, "is not set; it should hold a URL such as postgres://user:password@host:5432/database");
            return null;
        }
        return PostgresUrlReader.read(url, name, faults);
    }

    private @Nullable PostgresConfig readFields() {
        PostgresConfigBuilder builder = new PostgresConfigBuilder();
        Faults own = new Faults();
        String database = valueOf(prefix + "_DATABASE");
        if (database == null) {
            own.add(prefix + "_DATABASE", "is not set; it should hold the name of the database");
            builder.database("postgres");
        } else {
            builder.database(database);
        }
        String host = valueOf(prefix + "_HOST");
        if (host != null) {
            builder.host(host);
        }
        readPort(builder, own);
        String user = valueOf(prefix + "_USER");
        if (user != null) {
            builder.user(user);
        }
        builder.password(source.get(prefix + "_PASSWORD"));
        PostgresConfig config = builder.build(own, this::nameOf);
        faults.addAll(own);
        return own.isEmpty() ? config : null;
    }

    private void readPort(PostgresConfigBuilder builder, Faults own) {
        String name = prefix + "_PORT";
        String text = valueOf(name);
        if (text == null) {
            return;
        }
        Integer port = PostgresConfig.number(text);
        if (port == null) {
            own.add(name, PostgresHost.portProblem(text));
        } else {
            builder.port(port);
        }
    }

    private String nameOf(String field) {
        return prefix + "_" + field.toUpperCase(Locale.ROOT);
    }

    private @Nullable String valueOf(String name) {
        String value = source.get(name);
        return value == null || value.isBlank() ? null : value;
    }
}
