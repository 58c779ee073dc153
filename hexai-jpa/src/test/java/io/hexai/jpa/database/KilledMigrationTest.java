package io.hexai.jpa.database;

import static io.hexai.jpa.database.ChangelogFiles.changeSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs that are ended by {@code kill -9} at random moments. {@code -Dhexai.migration.kills=20} kills more of them,
 * {@code -Dhexai.migration.seed=…} repeats the moments of a run, {@code -Dhexai.migration.processes=10} starts more at once.
 */
class KilledMigrationTest {

    private static final int KILLS = Integer.getInteger("hexai.migration.kills", 2);
    private static final int PROCESSES = Integer.getInteger("hexai.migration.processes", 3);
    private static final long SEED = Long.getLong("hexai.migration.seed", System.nanoTime());
    private static final int CHANGES = 20;

    /** Each creates a table and fills it, slowly enough to be met half-way. */
    private static final String CHANGE =
            "CREATE TABLE t%1$d (id int PRIMARY KEY); SELECT pg_sleep(0.01); INSERT INTO t%1$d VALUES (1), (2)";

    @TempDir
    Path directory;

    private final Random random = new Random(SEED);
    private MigrationDatabase database;
    private ChangelogFiles files;

    @BeforeEach
    void open() {
        files = new ChangelogFiles(directory);
        database = new MigrationDatabase();
    }

    @AfterEach
    void drop() {
        database.close();
    }

    @Test
    void ofAChangelogAreWholeAfterTheNextStart() throws Exception {
        Path changelog = changelog();
        assertWholeAfterKills(new Runs() {
            @Override
            public Process start() throws Exception {
                return MigrationProcess.start(database, changelog);
            }

            @Override
            public MigrationReport again() {
                return Migrations.run(database.dataSource(), changelog.toString());
            }

            @Override
            public String recorded() {
                return "SELECT substring(id FROM 2) FROM databasechangelog";
            }
        });
    }

    @Test
    void ofADirectoryAreWholeAfterTheNextStart() throws Exception {
        String location = directory.toString();
        for (int i = 0; i < CHANGES; i++) {
            location = files.migration("%03d_c%d".formatted(i, i), CHANGE.formatted(i));
        }
        String migrations = location;
        assertWholeAfterKills(new Runs() {
            @Override
            public Process start() throws Exception {
                return MigrationProcess.startDirectory(database, migrations);
            }

            @Override
            public MigrationReport again() {
                return Migrations.runDirectory(database.dataSource(), migrations);
            }

            @Override
            public String recorded() {
                return "SELECT substring(name FROM '_c(.*)') FROM hexai__migrations";
            }
        });
    }

    @Test
    void ofManyProcessesApplyEachChangeOnce() throws Exception {
        Path changelog = changelog();
        List<Process> processes = new ArrayList<>();
        try {
            for (int i = 0; i < PROCESSES; i++) {
                processes.add(MigrationProcess.start(database, changelog));
            }
            for (Process process : processes) {
                assertThat(process.waitFor()).isZero();
            }
        } finally {
            processes.forEach(Process::destroyForcibly);
        }
        assertThat(database.rows("SELECT id FROM databasechangelog")).hasSize(CHANGES);
        assertWhole("SELECT substring(id FROM 2) FROM databasechangelog");
    }

    private Path changelog() {
        return Path.of(files.changelog(IntStream.range(0, CHANGES)
                .mapToObj(i -> changeSet("c" + i, CHANGE.formatted(i)))
                .toArray(String[]::new)));
    }

    /** One source of migrations, run in processes and in this one. */
    private interface Runs {

        Process start() throws Exception;

        MigrationReport again();

        /** Asks the ledger for the numbers of the changes. */
        String recorded();
    }

    private void assertWholeAfterKills(Runs runs) throws Exception {
        for (int kill = 0; kill < KILLS; kill++) {
            database.close();
            database = new MigrationDatabase();
            int changes = 1 + random.nextInt(CHANGES - 1);
            long more = random.nextInt(15_000_000);
            Process process = runs.start();
            try {
                await().pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(2))
                        .atMost(Duration.ofMinutes(1))
                        .until(() -> database.tables().size() >= changes);
                LockSupport.parkNanos(more);
            } finally {
                process.destroyForcibly().waitFor();
            }
            long killed = System.nanoTime();

            int left = runs.again().names().size();

            System.out.printf(
                    "Killed after %d of %d changes, seed %d: %d left, whole again in %d ms%n",
                    CHANGES - left, CHANGES, SEED, left, (System.nanoTime() - killed) / 1_000_000);
            assertWhole(runs.recorded());
        }
    }

    private void assertWhole(String recorded) {
        List<String> expected =
                IntStream.range(0, CHANGES).mapToObj(String::valueOf).sorted().toList();
        assertThat(database.rows(recorded)).as("seed %d", SEED).containsExactlyInAnyOrderElementsOf(expected);
        for (String change : expected) {
            assertThat(database.rows("SELECT id FROM t" + change)).containsExactly("1", "2");
        }
    }
}
