package io.hexai.jpa.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import liquibase.util.LiquibaseUtil;
import org.postgresql.util.DriverInfo;

/** Runs the changelogs as users of Liquibase do: by its command line's main class and by its Maven plugin, in a process. */
final class LiquibaseProcess {

    private LiquibaseProcess() {}

    /** Runs a command of the command line, and returns what it printed. */
    static String commandLine(MigrationDatabase database, Path directory, String changelog, String... command) {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Dliquibase.analytics.enabled=false",
                "-cp",
                System.getProperty("java.class.path"),
                "liquibase.integration.commandline.LiquibaseCommandLine",
                "--log-level=severe"));
        line.add(command[0]);
        line.add("--changelog-file=" + changelog);
        line.add("--url=" + database.url());
        line.addAll(List.of(command).subList(1, command.length));
        return run(line, directory);
    }

    /** Runs a goal of the plugin in a project of its own, and returns what Maven printed. */
    static String mavenPlugin(MigrationDatabase database, Path directory, String changelog, String... arguments) {
        try {
            Files.writeString(directory.resolve("pom.xml"), """
                    <project xmlns="http://maven.apache.org/POM/4.0.0">
                      <modelVersion>4.0.0</modelVersion>
                      <groupId>test</groupId>
                      <artifactId>schema</artifactId>
                      <version>1</version>
                      <packaging>pom</packaging>
                      <build>
                        <plugins>
                          <plugin>
                            <groupId>org.liquibase</groupId>
                            <artifactId>liquibase-maven-plugin</artifactId>
                            <version>%s</version>
                            <configuration>
                              <searchPath>%s</searchPath>
                              <changeLogFile>%s</changeLogFile>
                              <url>%s</url>
                            </configuration>
                            <dependencies>
                              <dependency>
                                <groupId>org.postgresql</groupId>
                                <artifactId>postgresql</artifactId>
                                <version>%s</version>
                              </dependency>
                            </dependencies>
                          </plugin>
                        </plugins>
                      </build>
                    </project>
                    """.formatted(
                            LiquibaseUtil.getBuildVersion(),
                            changelogRoot(),
                            changelog,
                            database.url().replace("&", "&amp;"),
                            DriverInfo.DRIVER_VERSION));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> line = new ArrayList<>(List.of(maven(), "-B", "-ntp", "-Dliquibase.analytics.enabled=false"));
        String localRepository = System.getProperty("hexai.test.localRepository");
        if (localRepository != null) {
            line.add("-Dmaven.repo.local=" + localRepository);
        }
        if ("offline=true".equals(System.getProperty("hexai.test.mavenMode"))) {
            line.add("-o");
        }
        line.addAll(List.of(arguments));
        return run(line, directory);
    }

    /** Returns the directory or jar of the module that has the changelogs. */
    private static String changelogRoot() {
        String path = "hexai-jpa/built-in.xml";
        URL url = Migrations.class.getResource("/" + path);
        String location = url.getProtocol().equals("jar")
                ? url.getPath().substring(0, url.getPath().indexOf("!/"))
                : url.toString().substring(0, url.toString().length() - path.length());
        return Path.of(URI.create(location)).toString();
    }

    private static String maven() {
        String executable = System.getProperty("os.name").startsWith("Windows") ? "mvn.cmd" : "mvn";
        String home = System.getProperty("hexai.test.mavenHome");
        return home == null ? executable : Path.of(home, "bin", executable).toString();
    }

    private static String run(List<String> line, Path directory) {
        try {
            Path output = Files.createTempFile(directory, "output", ".txt");
            ProcessBuilder builder = new ProcessBuilder(line)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            int exit = builder.start().waitFor();
            String printed = Files.readString(output);
            if (exit != 0) {
                throw new AssertionError(line.get(0) + " ended with " + exit + ":\n" + printed);
            }
            return printed;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
