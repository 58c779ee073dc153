package io.hexai.jpa.examples.migrations;

import io.hexai.jpa.bootstrap.HexaiJpa;
import io.hexai.jpa.database.DatabaseManager;
import io.hexai.jpa.database.Migrations;
import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.test.EmbeddedServer;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.SQLException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The program: makes one schema in each of the ways there are, compares what has become of the databases, and goes on with
 * each of them as an application would. It ends with 0 if all are alike, else with 3.
 */
final class LibrarySchema {

    static final int SCHEMAS_DIFFER = 3;

    private static final String SHELVES = "classpath:library/shelves";

    private LibrarySchema() {}

    public static void main(String[] arguments) throws Exception {
        try (EmbeddedServer server = EmbeddedServer.start()) {
            System.exit(run(server.config(), System.out));
        }
    }

    static int run(PostgresConfig server, PrintStream out) throws IOException, InterruptedException, SQLException {
        Schema first = null;
        boolean alike = true;
        for (SchemaUpdate update : SchemaUpdate.ALL) {
            String way = update.name().toLowerCase(Locale.ROOT);
            PostgresConfig database = server.withDatabase(server.database() + "_" + way);
            try (DatabaseManager databases = DatabaseManager.of(server)) {
                databases.createDatabase(database.database());
                try {
                    update.run(database);
                    Schema schema = Schema.of(database);
                    first = first == null ? schema : first;
                    alike &= schema.equals(first);
                    out.println(way.replace('_', ' ') + ": " + described(schema, first));
                    useIt(database, out);
                } finally {
                    databases.dropDatabase(database.database());
                }
            }
        }
        return alike ? 0 : SCHEMAS_DIFFER;
    }

    private static String described(Schema schema, @Nullable Schema first) {
        return schema.ledger().size() + " changesets, " + schema.tables().size() + " tables"
                + (schema.equals(first) ? "" : ", NOT like the first");
    }

    /** What is there already is recognised, whoever has made it, and a directory of SQL files goes on from there. */
    private static void useIt(PostgresConfig database, PrintStream out) {
        out.println("    directory: "
                + Migrations.runDirectory(database, SHELVES, "shelves").names());
        out.println("    again:     "
                + Migrations.runDirectory(database, SHELVES, "shelves").names());
        try (HexaiJpa jpa = HexaiJpa.builder(database)
                .entities(Book.class)
                .migrate("classpath:library/changelog.xml")
                .build()) {
            jpa.unitOfWork().run(em -> em.persist(new Book("978-0321125217", "Domain-Driven Design")));
            jpa.unitOfWork().run(em -> em.find(Book.class, "978-0321125217").lendTo("Ann"));
            out.println("    book:      "
                    + jpa.unitOfWork()
                            .call(em -> em.find(Book.class, "978-0321125217").toString()));
        }
    }
}
