package io.hexai.jpa.test;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A program that starts an embedded server in a directory, says where, and waits to be killed. */
final class KilledJvm {

    private KilledJvm() {}

    public static void main(String[] arguments) throws Exception {
        ServerDirectory directory = ServerDirectory.createIn(Path.of(arguments[0]));
        EmbeddedPostgres.builder()
                .setOverrideWorkingDirectory(ServerPlace.standard().binaries().toFile())
                .setDataDirectory(directory.data())
                .start();
        System.out.println(directory.path());
        System.out.println(
                Files.readAllLines(directory.data().resolve("postmaster.pid")).get(0));
        new CountDownLatch(1).await();
    }
}
