package io.hexai.jpa.examples.projections;

import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.subscription.EventSubscription;
import io.hexai.jpa.test.EmbeddedServer;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The program: two processes follow one event store, the one at work is killed, and the other goes on where it was. It ends
 * with 0 if the read model is in the end what the events tell, else with 3. It takes the database that {@code HEXAI_DB_URL}
 * names, or else an embedded one.
 */
final class Projections {

    static final int READ_MODEL_AND_LOG_DIFFER = 3;

    private static final int BATCHES = 10;
    private static final int BATCH = 100;
    private static final List<String> ARTICLES = List.of("cup", "pot", "tea", "tray");
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private Projections() {}

    public static void main(String[] arguments) throws Exception {
        String url = System.getenv("HEXAI_DB_URL");
        if (url != null && !url.isBlank()) {
            System.exit(run(PostgresConfig.fromUrl(url), System.out));
        }
        try (EmbeddedServer server = EmbeddedServer.start()) {
            System.exit(run(server.config(), System.out));
        }
    }

    static int run(PostgresConfig config, PrintStream out) throws IOException, InterruptedException {
        try (Warehouse warehouse = Warehouse.migrateAndOpen(config);
                FollowerProcess one = FollowerProcess.start(config);
                FollowerProcess other = FollowerProcess.start(config);
                EventSubscription stockLevels = warehouse.stockLevels().build()) {
            warehouse.announce();
            FollowerProcess active = FollowerProcess.firstActive(one, other);
            FollowerProcess standby = active == one ? other : one;
            out.println("active:   " + active + ", while " + standby + " stands by");

            storeMovements(warehouse);
            stockLevels.awaitCaughtUp(PATIENCE);
            storeMovements(warehouse);
            int exitCode = active.kill();
            long killed = System.nanoTime();
            out.println("killed:   " + active + " ended with " + exitCode + ", "
                    + stockLevels.lag().events() + " events behind");

            storeMovements(warehouse);
            standby.awaitActive();
            out.println("active:   " + standby + ", " + (System.nanoTime() - killed) / 1_000_000 + " ms later");

            stockLevels.awaitCaughtUp(PATIENCE);
            out.println("ended:    " + standby + " ended with " + standby.end());
            List<Warehouse.Level> levels = warehouse.levels();
            boolean right = levels.equals(warehouse.levelsByTheLog());
            levels.forEach(level -> out.println("level:    " + level.article() + ", " + level.pieces() + " after "
                    + level.movements() + " movements"));
            out.println("compared: the read model is " + (right ? "" : "NOT ") + "what the events tell");
            return right ? 0 : READ_MODEL_AND_LOG_DIFFER;
        }
    }

    private static void storeMovements(Warehouse warehouse) {
        for (int batch = 0; batch < BATCHES; batch++) {
            warehouse.store(IntStream.range(0, BATCH)
                    .mapToObj(i -> new StockMoved(ARTICLES.get(i % ARTICLES.size()), i % 7 - 2))
                    .toList());
        }
    }
}
