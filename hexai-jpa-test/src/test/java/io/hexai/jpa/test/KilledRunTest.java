package io.hexai.jpa.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.test.ServerSource.Server;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a test run that was killed leaves behind, and what the next one does about it while a third goes on. */
class KilledRunTest {

    @Nested
    class OnASharedServer {

        @Test
        void losesItsDatabasesToTheNextRunAndNobodyElseDoes() throws Exception {
            PostgresConfig server = SharedServer.config();
            try (ChildJvm killed = ChildJvm.start(OnTheSharedServer.class, server.toUrl());
                    ChildJvm living = ChildJvm.start(OnTheSharedServer.class, server.toUrl())) {
                String template = killed.line();
                String copy = killed.line();
                String ofTheLiving = living.line();
                assertThat(SharedServer.databases()).contains(template, copy, ofTheLiving);

                killed.kill();
                awaitThatTheServerKnows(server, copy);
                TestServer next = new TestServer(() -> new Server("a shared one", server, false));
                next.dropDatabase(next.createDatabase(null).database());

                assertThat(SharedServer.databases())
                        .contains(ofTheLiving, living.line())
                        .doesNotContain(template, copy);
            }
        }

        /** It gives a dead client's locks up a moment later; whoever asks for that of the run gets it then. */
        private static void awaitThatTheServerKnows(PostgresConfig server, String database) {
            String lock = "(1751480417, x'" + database.split("_")[2] + "'::int)";
            SharedServer.select(server, "SELECT pg_advisory_lock" + lock + ", pg_advisory_unlock" + lock);
        }
    }

    @Nested
    class WithAnEmbeddedServer {

        @Test
        void losesItToTheNextRunAndNobodyElseDoes(@TempDir Path temporary) throws Exception {
            Path home = temporary.resolve("home");
            try (ChildJvm killed = ChildJvm.start(OnAServerOfItsOwn.class, home.toString());
                    ChildJvm living = ChildJvm.start(OnAServerOfItsOwn.class, home.toString())) {
                Path directory = Path.of(killed.line());
                ProcessHandle server = serverOf(killed);
                Path ofTheLiving = Path.of(living.line());
                ProcessHandle serverOfTheLiving = serverOf(living);
                assertThat(directory).isDirectory();
                assertThat(server.isAlive()).isTrue();

                killed.kill();
                assertThat(server.isAlive()).isTrue();
                try (ServerDirectory next = ServerDirectory.createIn(home)) {
                    assertThat(server.onExit().get(20, TimeUnit.SECONDS).isAlive())
                            .isFalse();
                    assertThat(directory).doesNotExist();
                    assertThat(next.path()).isDirectory();
                    assertThat(ofTheLiving).isDirectory();
                    assertThat(serverOfTheLiving.isAlive()).isTrue();
                }
                living.kill();
                ServerDirectory.createIn(home).close();
                assertThat(serverOfTheLiving.onExit().get(20, TimeUnit.SECONDS).isAlive())
                        .isFalse();
            }
        }

        private static ProcessHandle serverOf(ChildJvm jvm) throws Exception {
            return ProcessHandle.of(Long.parseLong(jvm.line())).orElseThrow();
        }
    }

    /** Prints the names of the databases that it has made. */
    static final class OnTheSharedServer {

        private OnTheSharedServer() {}

        public static void main(String[] arguments) throws Exception {
            PostgresConfig server = PostgresConfig.fromUrl(arguments[0]);
            TemplateDatabases databases =
                    new TemplateDatabases(new TestServer(() -> new Server("the shared one", server, true)));
            TemplateSchema schema = new TemplateSchema(true, List.of(), List.of());
            String copy = databases.copy(schema).database();
            System.out.println(copy.replaceFirst("\\d+$", "1"));
            System.out.println(copy);
            ChildJvm.awaitDeath();
        }
    }

    /** Starts an embedded server in a directory, and prints that of the server and the number of its process. */
    static final class OnAServerOfItsOwn {

        private OnAServerOfItsOwn() {}

        public static void main(String[] arguments) throws Exception {
            ServerDirectory directory = ServerDirectory.createIn(Path.of(arguments[0]));
            EmbeddedPostgres.builder()
                    .setOverrideWorkingDirectory(
                            ServerPlace.standard().binaries().toFile())
                    .setDataDirectory(directory.data())
                    .start();
            System.out.println(directory.path());
            System.out.println(Files.readAllLines(directory.data().resolve("postmaster.pid"))
                    .get(0));
            ChildJvm.awaitDeath();
        }
    }
}
