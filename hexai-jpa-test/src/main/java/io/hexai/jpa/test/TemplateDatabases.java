package io.hexai.jpa.test;

import io.hexai.jpa.database.PostgresConfig;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** Makes each schema once, and copies of it as often as asked. */
final class TemplateDatabases {

    private static final TemplateDatabases OF_THIS_JVM = new TemplateDatabases(TestServer.ofThisJvm());

    private final TestServer server;
    private final ConcurrentMap<TemplateSchema, Template> templates = new ConcurrentHashMap<>();

    TemplateDatabases(TestServer server) {
        this.server = server;
    }

    static TemplateDatabases ofThisJvm() {
        return OF_THIS_JVM;
    }

    PostgresConfig copy(TemplateSchema schema) {
        return server.createDatabase(schema.isEmpty() ? null : template(schema).name());
    }

    /** Makes the template, if it is not there yet; a copy of it is quick then. */
    void prepare(TemplateSchema schema) {
        if (!schema.isEmpty()) {
            template(schema).name();
        }
    }

    void drop(PostgresConfig database) {
        server.dropDatabase(database.database());
    }

    private Template template(TemplateSchema schema) {
        return templates.computeIfAbsent(schema, Template::new);
    }

    /** Different templates are made side by side, the same one by whoever comes first. */
    private final class Template {

        private final TemplateSchema schema;
        private @Nullable String name;

        Template(TemplateSchema schema) {
            this.schema = schema;
        }

        /** A failure is not kept: every class that wants this schema reports it with its cause. */
        synchronized String name() {
            if (name == null) {
                PostgresConfig database = server.createDatabase(null);
                try {
                    schema.applyTo(database);
                } catch (RuntimeException | Error e) {
                    drop(database);
                    throw e;
                }
                name = database.database();
            }
            return name;
        }
    }
}
