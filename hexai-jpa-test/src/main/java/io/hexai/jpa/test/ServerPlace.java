package io.hexai.jpa.test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where embedded servers lie. Their data goes to memory where the system has a file system for that with room enough, since
 * copying a database is mostly the writing of hundreds of files; but not if the data is meant to reach the disk.
 */
record ServerPlace(
        Path temporary,
        Path memory,
        long roomNeeded,
        @Nullable String chosen) {

    static final String VARIABLE = "HEXAI_TEST_DB_DIRECTORY";
    private static final long ROOM_NEEDED = 1L << 30;

    static ServerPlace standard() {
        String chosen = System.getProperty(VARIABLE, System.getenv(VARIABLE));
        return new ServerPlace(Path.of(System.getProperty("java.io.tmpdir")), Path.of("/dev/shm"), ROOM_NEEDED, chosen);
    }

    /** Programs are kept for later runs, and cannot be started from every file system in memory. */
    Path ofPrograms() {
        return temporary.resolve(home());
    }

    Path binaries() {
        return ofPrograms().resolve("binaries");
    }

    Path dataFor(Map<String, String> settings) {
        if (chosen != null && !chosen.isBlank()) {
            return Path.of(chosen).toAbsolutePath().resolve(home());
        }
        boolean durable = "on".equals(settings.get("fsync"));
        return (!durable && hasRoom(memory) ? memory : temporary).resolve(home());
    }

    private boolean hasRoom(Path directory) {
        try {
            return Files.isDirectory(directory)
                    && Files.isWritable(directory)
                    && Files.getFileStore(directory).getUsableSpace() >= roomNeeded;
        } catch (IOException e) {
            return false;
        }
    }

    private static String home() {
        return "hexai-jpa-test-" + System.getProperty("user.name").replaceAll("[^\\w.-]", "_");
    }
}
