package io.hexai.jpa.database;

import java.io.IOException;
import java.nio.file.Path;
import org.postgresql.ds.PGSimpleDataSource;

/** Runs a changelog, or a directory, in a process of its own, which a test can kill. */
final class MigrationProcess {

    private MigrationProcess() {}

    static Process start(MigrationDatabase database, Path changelog) throws IOException {
        return start(database, "changelog", changelog.toString());
    }

    static Process startDirectory(MigrationDatabase database, String directory) throws IOException {
        return start(database, "directory", directory);
    }

    private static Process start(MigrationDatabase database, String kind, String location) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        MigrationProcess.class.getName(),
                        database.url(),
                        kind,
                        location)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Migrates the database of the first argument by what the second says the third is. */
    public static void main(String[] arguments) {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(arguments[0]);
        if (arguments[1].equals("directory")) {
            Migrations.runDirectory(dataSource, arguments[2]);
        } else {
            Migrations.run(dataSource, arguments[2]);
        }
    }
}
