package io.hexai.jpa.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.axonframework.eventsourcing.eventstore.EventStorageEngine;
import org.hibernate.SessionFactory;
import org.openjdk.jmh.annotations.Benchmark;
import org.postgresql.Driver;
import org.springframework.orm.jpa.JpaTransactionManager;

/** Where something was measured: the machine, and the versions of all that took part. */
final class Machine {

    private static final Pattern MODEL = Pattern.compile("(?m)^(?:model name|Processor)\\s*:\\s*(.+)$");
    private static final Pattern MEMORY = Pattern.compile("(?m)^MemTotal:\\s*(\\d+) kB$");
    private static final Pattern VERSION = Pattern.compile("-(\\d[^/]*)\\.jar$");

    private Machine() {}

    static Map<String, String> describe(String serverUrl) throws IOException, SQLException {
        Map<String, String> all = new LinkedHashMap<>();
        all.put(
                "Processor",
                found(MODEL, "/proc/cpuinfo", "unknown") + ", "
                        + Runtime.getRuntime().availableProcessors() + " cores");
        all.put("Memory", Long.parseLong(found(MEMORY, "/proc/meminfo", "0")) / 1024 / 1024 + " GB");
        all.put("System", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        all.put("Java", System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
        try (Connection connection = DriverManager.getConnection(serverUrl)) {
            all.put("PostgreSQL", connection.getMetaData().getDatabaseProductVersion() + ", fsync on");
        }
        all.put("PostgreSQL's driver", version(Driver.class));
        all.put("Hibernate", version(SessionFactory.class));
        all.put("HikariCP", version(HikariDataSource.class));
        all.put("Spring", version(JpaTransactionManager.class));
        all.put("Axon", version(EventStorageEngine.class));
        all.put("JMH", version(Benchmark.class));
        return all;
    }

    /** How many processes wait for a processor, this run's own included. */
    static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    /** From the name of the jar, which all of them carry in the same way. */
    private static String version(Class<?> part) {
        URI jar = URI.create(
                part.getProtectionDomain().getCodeSource().getLocation().toString());
        Matcher version = VERSION.matcher(jar.getPath());
        return version.find() ? version.group(1) : "unknown";
    }

    private static String found(Pattern pattern, String file, String otherwise) throws IOException {
        Path path = Path.of(file);
        List<String> texts = Files.isReadable(path) ? List.of(Files.readString(path)) : List.of();
        return texts.stream()
                .map(pattern::matcher)
                .filter(Matcher::find)
                .map(matcher -> matcher.group(1))
                .findFirst()
                .orElse(otherwise);
    }
}
