package io.hexai.jpa.event.stress;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.database.Migrations;
import io.hexai.jpa.event.HexaiEvent;
import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.transaction.IsolationLevel;
import io.hexai.jpa.transaction.UnitOfWork;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Many writers, transactions that have nothing to do with them, a server that crashes, and followers with young and with old snapshots.
 * A reader that only asks for greater positions follows too: what it misses shows that the writers are mean enough.
 *
 * <p>Longer on demand: {@code -Dhexai.stress.events=1000000 -Dhexai.stress.crashes=10}.
 */
class NoSkipStressTest {

    static final int ENTITIES = 200;

    private static final Logger LOG = LoggerFactory.getLogger(NoSkipStressTest.class);

    private static final int EVENTS = Integer.getInteger("hexai.stress.events", 6_000);
    private static final int WRITERS = Integer.getInteger("hexai.stress.writers", 32);
    private static final int CRASHES = Integer.getInteger("hexai.stress.crashes", 1);

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @Test
    void missesNothingAndKeepsCausalOrder() throws Exception {
        try (CrashingServer server = new CrashingServer();
                HikariDataSource pool = migratedPool(server);
                SessionFactory factory = factory(pool)) {
            UnitOfWork.of(factory)
                    .run(entityManager ->
                            IntStream.range(0, ENTITIES).forEach(id -> entityManager.persist(new Touched(id))));
            StressRun run = new StressRun(factory, WRITERS, EVENTS);
            List<Future<Void>> writers = IntStream.range(0, WRITERS)
                    .mapToObj(writer -> threads.submit(new Writer(run, writer)))
                    .toList();
            List<Future<Follower>> followers = new ArrayList<>();
            for (IsolationLevel isolation : List.of(IsolationLevel.READ_COMMITTED, IsolationLevel.REPEATABLE_READ)) {
                followers.add(threads.submit(new Follower(run, isolation)));
            }
            Future<PlainReader> plain = threads.submit(new PlainReader(run, server.jdbcUrl()));
            Future<Void> unrelated = threads.submit(unrelatedTransactions(run, server.jdbcUrl()));
            Future<Void> crashes = threads.submit(crashes(run, server));
            for (Future<Void> writer : writers) {
                writer.get();
            }
            crashes.get();
            unrelated.get();

            List<Long> all = positions(server.jdbcUrl());
            assertThat(all).hasSizeGreaterThanOrEqualTo(EVENTS);
            for (Future<Follower> following : followers) {
                Follower follower = following.get();
                assertThat(follower.seen).as("what a follower saw").isEqualTo(all);
                assertThat(follower.inversions).as("causal inversions").isZero();
                LOG.info("A follower missed none of {}, {}", all.size(), follower.lags);
            }
            long missed = all.size() - plain.get().seen;
            assertThat(missed).as("events missed by the plain reader").isPositive();
            LOG.info("A plain reader missed {} of {}, {}", missed, all.size(), plain.get().lags);
        } finally {
            threads.shutdownNow();
        }
    }

    private static HikariDataSource migratedPool(CrashingServer server) {
        HikariDataSource pool = TestFactory.pool(server.jdbcUrl(), WRITERS + 8);
        Migrations.runBuiltIn(pool);
        return pool;
    }

    private static SessionFactory factory(HikariDataSource pool) {
        return new HibernatePersistenceConfiguration("stress")
                .managedClasses(HexaiEvent.class, Touched.class)
                .property(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, pool)
                .property(AvailableSettings.HBM2DDL_AUTO, "update")
                .createEntityManagerFactory();
    }

    private static Callable<Void> crashes(StressRun run, CrashingServer server) {
        return () -> {
            for (int crash = 1; crash <= CRASHES; crash++) {
                run.awaitShare((double) crash / (CRASHES + 1));
                server.crash();
            }
            return null;
        };
    }

    /** Long ones, which have an id and hold back everything that goes by the age of transactions. */
    private static Callable<Void> unrelatedTransactions(StressRun run, String jdbcUrl) {
        return () -> {
            while (!run.isOver()) {
                try (Connection connection = DriverManager.getConnection(jdbcUrl);
                        Statement statement = connection.createStatement()) {
                    statement.execute("BEGIN; CREATE TEMPORARY TABLE unrelated (id int) ON COMMIT DROP;"
                            + " INSERT INTO unrelated VALUES (1); SELECT pg_sleep(2); COMMIT");
                } catch (SQLException e) {
                    if (!StressRun.isOfACrash(e)) {
                        throw e;
                    }
                }
            }
            return null;
        };
    }

    private static List<Long> positions(String jdbcUrl) throws SQLException {
        try (Connection connection = DriverManager.getConnection(jdbcUrl);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT position FROM hexai__events ORDER BY position")) {
            List<Long> positions = new ArrayList<>();
            while (rows.next()) {
                positions.add(rows.getLong(1));
            }
            return positions;
        }
    }
}
