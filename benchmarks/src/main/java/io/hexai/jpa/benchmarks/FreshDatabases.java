package io.hexai.jpa.benchmarks;

import io.hexai.jpa.database.DatabaseManager;
import io.hexai.jpa.database.Migrations;
import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.test.EmbeddedServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A database with the library's own tables for a test, on the server that tests have: by a copy of a template, as
 * {@code @PostgresTest} does, and by running the migrations. More migrations make the second slower, and the first hardly.
 */
final class FreshDatabases implements Contest {

    private static final String CLONE = "clone of a migrated template";
    private static final String MIGRATE = "empty database, migrated";
    private static final String TEMPLATE = "migrated_template";

    private final EmbeddedServer server = EmbeddedServer.start();
    private final DatabaseManager databases = DatabaseManager.of(server.config());
    private final List<String> made = new ArrayList<>();
    private int number;

    private FreshDatabases() {
        databases.createDatabase(TEMPLATE);
        Migrations.runBuiltIn(server.config().withDatabase(TEMPLATE));
    }

    static Comparison comparison() {
        return Comparison.of(
                        "fresh-database",
                        "A migrated database for a test",
                        "databases/s",
                        List.of(CLONE, MIGRATE),
                        FreshDatabases::new)
                .claiming(Claim.rate(15, CLONE, 5, MIGRATE));
    }

    @Override
    public Map<String, Operation> operations() {
        return Map.of(CLONE, this::copy, MIGRATE, this::migrate);
    }

    private PostgresConfig copy() {
        String name = nextName();
        databases.createDatabase(name, TEMPLATE);
        return server.config().withDatabase(name);
    }

    private PostgresConfig migrate() {
        PostgresConfig database = server.config().withDatabase(nextName());
        databases.createDatabase(database.database());
        Migrations.runBuiltIn(database);
        return database;
    }

    private String nextName() {
        String name = "fresh_" + ++number;
        made.add(name);
        return name;
    }

    /** A test's database is dropped too, whichever way it came. */
    @Override
    public void afterTurn(String contestant) {
        made.forEach(databases::dropDatabase);
        made.clear();
    }

    @Override
    public void close() {
        databases.close();
        server.close();
    }
}
