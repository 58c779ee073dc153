package io.hexai.jpa.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.database.PostgresConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedServerTest {

    @Test
    void servesUntilItIsClosedAndLeavesNoFileBehind() {
        PostgresConfig config;
        Path data;
        try (EmbeddedServer server = EmbeddedServer.start(Map.of("work_mem", "5MB", "fsync", "on"))) {
            config = server.config();
            assertThat(SharedServer.select(config, "SHOW work_mem")).containsExactly("5MB");
            assertThat(SharedServer.select(config, "SHOW fsync")).containsExactly("on");
            data = Path.of(SharedServer.select(config, "SHOW data_directory").get(0));
            assertThat(data).isDirectory();
        }

        assertThat(data.getParent()).doesNotExist();
        assertThatThrownBy(() -> SharedServer.select(config, "SELECT 1")).hasRootCauseInstanceOf(IOException.class);
    }

    @Nested
    class TheDataOfAServer {

        @TempDir
        Path temporary;

        @TempDir
        Path memory;

        @Test
        void liesInMemoryWhereThereIsRoom() {
            assertThat(place(1, null).dataFor(Map.of())).startsWithRaw(memory);
            assertThat(place(Long.MAX_VALUE, null).dataFor(Map.of())).startsWithRaw(temporary);
            assertThat(new ServerPlace(temporary, memory.resolve("missing"), 1, null).dataFor(Map.of()))
                    .startsWithRaw(temporary);
        }

        @Test
        void liesOnDiskWhenItIsMeantToReachIt() {
            assertThat(place(1, null).dataFor(Map.of("fsync", "on"))).startsWithRaw(temporary);
        }

        @Test
        void liesWhereSomebodySays(@TempDir Path chosen) {
            assertThat(place(1, chosen.toString()).dataFor(Map.of())).startsWithRaw(chosen);
        }

        @Test
        void liesApartFromTheProgramsWhichMemoryMayRefuseToRun() {
            assertThat(place(1, null).binaries()).startsWithRaw(temporary);
        }

        private ServerPlace place(long roomNeeded, String chosen) {
            return new ServerPlace(temporary, memory, roomNeeded, chosen);
        }
    }

    @Nested
    class ADirectory {

        @TempDir
        Path temporary;

        @Test
        void isLeftAloneWhileItsOwnerLives() {
            Path home = temporary.resolve("home");
            try (ServerDirectory first = ServerDirectory.createIn(home);
                    ServerDirectory second = ServerDirectory.createIn(home)) {
                assertThat(first.path()).isDirectory();
                assertThat(second.path()).isDirectory().isNotEqualTo(first.path());
            }
            assertThat(home).isDirectoryNotContaining("glob:**/server-*");
        }

        @Test
        void isRemovedWhenItsOwnerDiedBeforeItStartedAServer() throws IOException {
            Path home = temporary.resolve("home");
            Path abandoned = Files.createDirectories(home.resolve("server-1-abandoned/data"));
            Files.writeString(abandoned.resolve("file"), "content");

            ServerDirectory.createIn(home).close();

            assertThat(abandoned.getParent()).doesNotExist();
        }

        @Test
        void isRemovedWithoutEndingAStrangerThatHasTheServersOldNumber() throws IOException {
            Path home = temporary.resolve("home");
            Path data = Files.createDirectories(home.resolve("server-1-abandoned/data"));
            Files.write(
                    data.resolve("postmaster.pid"),
                    List.of(Long.toString(ProcessHandle.current().pid()), data.toString()));

            ServerDirectory.createIn(home).close();

            assertThat(data).doesNotExist();
        }

        @Test
        void isRefusedBelowALinkThatSomebodyMayHavePlanted() throws IOException {
            Path elsewhere = Files.createDirectory(temporary.resolve("elsewhere"));
            Path home = Files.createSymbolicLink(temporary.resolve("home"), elsewhere);

            assertThatThrownBy(() -> ServerDirectory.createIn(home)).hasStackTraceContaining("is no directory");
        }

        @Test
        void canBeReadByItsUserOnly() throws IOException {
            Path home = temporary.resolve("home");
            ServerDirectory.createIn(home).close();

            assertThat(Files.getPosixFilePermissions(home))
                    .hasSize(3)
                    .allSatisfy(permission -> assertThat(permission.name()).startsWith("OWNER_"));
        }
    }
}
