package io.hexai.jpa.test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A server that outlived its JVM. */
final class OrphanedServer {

    private static final long PATIENCE_SECONDS = 5;

    private OrphanedServer() {}

    /** Ends the server that runs on a data directory, if there is one. */
    static void end(Path data) throws IOException {
        Optional<ProcessHandle> found = processOf(data);
        if (found.isPresent()) {
            ProcessHandle server = found.get();
            server.destroy();
            if (!ended(server)) {
                server.destroyForcibly();
                if (!ended(server)) {
                    throw new IOException("Process " + server.pid() + " does not end");
                }
            }
        }
    }

    /** The number in the file may long since belong to another process. */
    private static Optional<ProcessHandle> processOf(Path data) throws IOException {
        Path file = data.resolve("postmaster.pid");
        List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
        if (lines.isEmpty() || !lines.get(0).matches("\\d+")) {
            return Optional.empty();
        }
        return ProcessHandle.of(Long.parseLong(lines.get(0)))
                .filter(ProcessHandle::isAlive)
                .filter(process -> isServerOn(data, process.info()));
    }

    private static boolean isServerOn(Path data, ProcessHandle.Info process) {
        boolean isPostgres = process.command()
                .map(command -> Path.of(command).getFileName().toString())
                .filter(name -> name.startsWith("postgres"))
                .isPresent();
        boolean isOnOtherData = process.arguments()
                .filter(arguments -> !List.of(arguments).contains(data.toString()))
                .isPresent();
        return isPostgres && !isOnOtherData;
    }

    private static boolean ended(ProcessHandle process) {
        return process.onExit()
                .thenApply(ended -> true)
                .completeOnTimeout(false, PATIENCE_SECONDS, TimeUnit.SECONDS)
                .join();
    }
}
