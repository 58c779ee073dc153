package io.hexai.jpa.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The extensions are compiled against JUnit 6, on which all other tests run; here they run on JUnit 5.14. */
class JUnit5Test {

    private static final String PLATFORM = "junit-platform-console-standalone-1.14.";
    private static final Pattern JUNIT6 =
            Pattern.compile(".*/(junit-(jupiter|platform)|opentest4j|apiguardian)[^/]*[.]jar");

    @Test
    void runsTheExtensions(@TempDir Path directory) throws Exception {
        Path output = directory.resolve("output");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-DHEXAI_TEST_DB_URL=" + SharedServer.config().toUrl(),
                "-cp",
                classPath(),
                "org.junit.platform.console.ConsoleLauncher",
                "execute",
                "--disable-banner",
                "--disable-ansi-colors",
                "--details=tree"));
        Stream.of(
                        OnJUnit5.class,
                        PostgresTestTest.EveryPart.class,
                        PostgresTestTest.Outer.class,
                        PostgresTestTest.OneInstance.class,
                        TestDatabaseTest.PerMethod.class,
                        PostgresTestTest.Truncated.class,
                        TestDatabaseTest.Two.class,
                        TestDatabaseTest.InAnInstanceField.class,
                        RollbackIsolationTest.class,
                        SubscriptionsTest.ForATest.class)
                .forEach(fixture -> command.add("--select-class=" + fixture.getName()));

        int exit = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start()
                .waitFor();

        assertThat(exit).as(() -> contentOf(output)).isZero();
        assertThat(contentOf(output))
                .contains("onJUnit5()", "closesConnectionsWithTheTest", "first(", "isOnTheDatabaseOfTheConstructor")
                .contains("isAlone(", "findsNoRowAndKeepsTheLedgers", "haveSchemasOfTheirOwn", "isOneForTheClass")
                .contains("eachTestFindsTheDatabaseAsItWas", "startsOne")
                .contains(" 0 tests failed");
    }

    private static String classPath() throws IOException {
        List<String> entries = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !JUNIT6.matcher(entry.replace('\\', '/')).matches())
                .collect(Collectors.toCollection(ArrayList::new));
        try (Stream<Path> copied = Files.list(Path.of(System.getProperty("basedir", ""), "target/junit5"))) {
            copied.forEach(jar -> entries.add(jar.toString()));
        }
        return String.join(File.pathSeparator, entries);
    }

    private static String contentOf(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    static class OnJUnit5 {

        @Test
        void onJUnit5() {
            assertThat(Test.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .getPath())
                    .contains(PLATFORM);
        }
    }
}
