package io.hexai.jpa.examples.modulepath;

import static org.assertj.core.api.Assertions.assertThat;

import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.test.PostgresTest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The program as it is run in production: by {@code java --module-path … --module …}. */
@PostgresTest(builtIn = false)
class ParcelDeskTest {

    private static final String APPLICATION = "io.hexai.jpa.examples.modulepath";
    private static final String TEST_MODULE = "io.hexai.jpa.test";

    @Test
    void runsAsAModule(PostgresConfig database) throws Exception {
        ProcessBuilder program = program(new ModuleGraph(APPLICATION), ParcelDesk.class);
        program.environment().put("PARCEL_DB_URL", database.toUrl());

        assertThat(outputOf(program))
                .containsExactly(
                        "module io.hexai.jpa and module " + APPLICATION,
                        "in memory: Trier",
                        "queried:   [Place[id=parcel-1, place=Trier]]",
                        "told:      [ParcelMoved[parcel=parcel-1, place=Trier]]");
    }

    @Test
    void runsOnTheServerOfTheTestModule() throws Exception {
        ProcessBuilder program = program(
                new ModuleGraph(APPLICATION, TEST_MODULE),
                ServerModuleProgram.class,
                "--patch-module",
                APPLICATION + "=" + Path.of(System.getProperty("basedir", ""), "target/test-classes"),
                "--add-modules",
                TEST_MODULE,
                "--add-reads",
                APPLICATION + "=" + TEST_MODULE + ",ALL-UNNAMED");

        assertThat(outputOf(program))
                .startsWith("module io.hexai.jpa.test", "in memory: Trier")
                .endsWith("completed with status 3");
    }

    private static ProcessBuilder program(ModuleGraph modules, Class<?> main, String... options) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Dorg.jboss.logging.provider=slf4j", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.addAll(modules.options());
        command.addAll(List.of(options));
        command.addAll(List.of("--module", APPLICATION + "/" + main.getName()));
        return new ProcessBuilder(command).redirectErrorStream(true);
    }

    private static List<String> outputOf(ProcessBuilder program) throws Exception {
        Process process = program.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output.lines().toList();
    }
}
