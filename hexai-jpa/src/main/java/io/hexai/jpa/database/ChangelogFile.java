package io.hexai.jpa.database;

import java.io.FileNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import liquibase.changelog.ChangeLogParameters;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.exception.LiquibaseException;
import liquibase.parser.ChangeLogParserFactory;
import liquibase.resource.ClassLoaderResourceAccessor;
import liquibase.resource.CompositeResourceAccessor;
import liquibase.resource.DirectoryResourceAccessor;
import liquibase.resource.ResourceAccessor;
import org.jspecify.annotations.Nullable;

/**
 * A changelog, and from where it and its includes are read.
 *
 * @param path the changelog's path within the resources, which the ledger records unless the changelog sets a logical one
 * @param resources where Liquibase looks
 * @param program what makes the changelog, if it is not read
 */
record ChangelogFile(
        String path, ResourceAccessor resources, @Nullable Supplier<? extends DatabaseChangeLog> program) {

    /** Finds {@code classpath:…} or a file, whose recorded path is relative to the working directory, as the command line has it. */
    static ChangelogFile at(String location) {
        MigrationLocation parsed = MigrationLocation.parse(location);
        return parsed.isClasspath() ? onClasspath(parsed) : inFileSystem(parsed);
    }

    static ChangelogFile of(String name, Supplier<? extends DatabaseChangeLog> program) {
        return new ChangelogFile(name, new ClassLoaderResourceAccessor(MigrationLocation.anyClassLoader()), program);
    }

    DatabaseChangeLog parse(ChangeLogParameters parameters) throws LiquibaseException {
        if (program == null) {
            return ChangeLogParserFactory.getInstance()
                    .getParser(path, resources)
                    .parse(path, parameters, resources);
        }
        DatabaseChangeLog changeLog = program.get();
        changeLog.setChangeLogParameters(parameters);
        return changeLog;
    }

    private static ChangelogFile onClasspath(MigrationLocation location) {
        ClassLoader loader = location.classLoader();
        return new ChangelogFile(location.path(), new ClassLoaderResourceAccessor(loader), null);
    }

    private static ChangelogFile inFileSystem(MigrationLocation location) {
        Path file = Path.of(location.path());
        if (!Files.isRegularFile(file)) {
            throw new InvalidMigrationException(
                    location.toString(), "no such changelog file (looked at " + file.toAbsolutePath() + ")", null);
        }
        Path working = Path.of("").toAbsolutePath();
        Path absolute = file.toAbsolutePath().normalize();
        Path root = absolute.startsWith(working) ? working : absolute.resolveSibling("");
        try {
            ResourceAccessor resources = new CompositeResourceAccessor(
                    new DirectoryResourceAccessor(root),
                    new ClassLoaderResourceAccessor(MigrationLocation.anyClassLoader()));
            return new ChangelogFile(root.relativize(absolute).toString().replace('\\', '/'), resources, null);
        } catch (FileNotFoundException e) {
            throw new InvalidMigrationException(location.toString(), "its directory cannot be read", e);
        }
    }
}
