package io.hexai.jpa.examples.migrations;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** What one would type into a shell in the directory of the repository. */
final class Command {

    private final ProcessBuilder builder;

    private Command(List<String> line) {
        builder = new ProcessBuilder(line).directory(repository().toFile()).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("LIQUIBASE_ANALYTICS_ENABLED", "false");
    }

    static Command of(String... line) {
        return new Command(List.of(line));
    }

    /** The Maven that this program was started by. */
    static Command maven(String... arguments) {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("maven.home"), "bin", "mvn").toString(),
                "-B",
                "-q",
                "-Dmaven.repo.local=" + System.getProperty("maven.repo.local"),
                "-Denforcer.skip",
                "-Dspotless.check.skip"));
        if ("offline=true".equals(System.getProperty("maven.mode"))) {
            line.add("-o");
        }
        line.addAll(List.of(arguments));
        return new Command(line);
    }

    Command with(String variable, String value) {
        builder.environment().put(variable, value);
        return this;
    }

    void run() throws IOException, InterruptedException {
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int exitCode = process.waitFor();
        if (exitCode != 0) {
            throw new IOException(builder.command() + " ended with " + exitCode + ":\n" + output);
        }
    }

    private static Path repository() {
        return Stream.iterate(Path.of("").toAbsolutePath(), Objects::nonNull, Path::getParent)
                .filter(directory -> Files.isDirectory(directory.resolve("examples/migrations")))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("Started outside of the repository"));
    }
}
