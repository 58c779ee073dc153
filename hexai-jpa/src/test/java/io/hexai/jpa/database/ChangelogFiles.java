package io.hexai.jpa.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes changelogs and directories of SQL migrations for tests. */
final class ChangelogFiles {

    private final Path directory;

    ChangelogFiles(Path directory) {
        this.directory = directory;
    }

    /** Writes {@code changelog.xml} anew, and returns its location. */
    String changelog(String... content) {
        return write(
                "changelog.xml",
                "<databaseChangeLog xmlns=\"http://www.liquibase.org/xml/ns/dbchangelog\""
                        + " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
                        + " xsi:schemaLocation=\"http://www.liquibase.org/xml/ns/dbchangelog"
                        + " http://www.liquibase.org/xml/ns/dbchangelog/dbchangelog-latest.xsd\">"
                        + String.join("\n", content) + "</databaseChangeLog>");
    }

    static String changeSet(String id, String sql) {
        return changeSet(id, "", sql, "");
    }

    static String changeSet(String id, String sql, String rollback) {
        return changeSet(id, "", sql, rollback);
    }

    static String changeSet(String id, String attributes, String sql, String rollback) {
        return "<changeSet id=\"" + id + "\" author=\"test\" " + attributes + "><sql>" + sql + "</sql><rollback>"
                + rollback + "</rollback></changeSet>";
    }

    /** Writes a file and returns its path. */
    String write(String name, String content) {
        try {
            Path file = directory.resolve(name);
            Files.createDirectories(file.getParent());
            return Files.writeString(file, content).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a migration of the directory, and returns the directory's location. */
    String migration(String name, String sql) {
        write(name + "/migration.sql", sql);
        return directory.toString();
    }
}
