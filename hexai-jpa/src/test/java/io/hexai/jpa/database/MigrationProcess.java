package io.hexai.jpa.database;

import java.io.IOException;
import java.nio.file.Path;
import org.postgresql.ds.PGSimpleDataSource;

/** Runs a changelog in a process of its own, which a test can kill. */
final class MigrationProcess {

    private MigrationProcess() {}

    static Process start(MigrationDatabase database, Path changelog) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        MigrationProcess.class.getName(),
                        database.url(),
                        changelog.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Migrates the database of the first argument by the changelog of the second. */
    public static void main(String[] arguments) {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(arguments[0]);
        Migrations.run(dataSource, arguments[1]);
    }
}
