package io.hexai.jpa.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The processor time of the server, which, unlike time on the clock, says much the same whatever else the machine does. It is 0
 * where the system does not tell it as Linux does.
 */
final class ServerTime {

    /** The kernel counts in hundredths of a second, whatever it measures by. */
    private static final long TICK = TimeUnit.MILLISECONDS.toNanos(10);

    private ServerTime() {}

    /** Returns what the server's process, and those that it has started and not ended, have used up to now. */
    static long nanos() {
        return ProcessHandle.of(Database.serverProcess())
                .map(server -> Stream.concat(Stream.of(server), server.children())
                        .mapToLong(process -> ofProcess(process.pid()))
                        .sum())
                .orElse(0L);
    }

    /** The 14th and 15th field of its line: user and system time. The second field, its name, may hold spaces. */
    private static long ofProcess(long pid) {
        try {
            String line = Files.readString(Path.of("/proc/" + pid + "/stat"));
            String[] afterName = line.substring(line.lastIndexOf(')') + 2).split(" ");
            return (Long.parseLong(afterName[11]) + Long.parseLong(afterName[12])) * TICK;
        } catch (IOException e) {
            return 0;
        }
    }
}
