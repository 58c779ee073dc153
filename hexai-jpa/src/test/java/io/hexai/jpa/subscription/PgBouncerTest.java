package io.hexai.jpa.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hexai.jpa.event.EventPage;
import io.hexai.jpa.event.StoredEvent;
import io.hexai.jpa.subscription.AccountEvent.Deposited;
import io.hexai.jpa.testing.PgBouncer;
import io.hexai.jpa.transaction.IsolationLevel;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.RetryPolicy;
import io.hexai.jpa.transaction.TransactionMode;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the operations page says of pgbouncer in transaction mode, by the real program: {@code .ci/pgbouncer} runs it. */
@Tag("pgbouncer")
class PgBouncerTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    /** The parameter of the driver without which it would name statements that lie on another connection. */
    private static final String UNNAMED = "prepareThreshold=0";

    @Entity
    @Table(name = "tallies")
    static class Tally {
        @Id
        String id;

        @Version
        int version;

        int count;

        protected Tally() {}

        Tally(String id) {
            this.id = id;
        }
    }

    private final SubscriptionDatabase database = new SubscriptionDatabase();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @TempDir
    private Path directory;

    private PgBouncer bouncer;

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
        database.close();
    }

    private void startBouncer(int serverConnections) {
        bouncer = PgBouncer.inFrontOf(database.jdbcUrl(), serverConnections, directory);
        opened.add(bouncer);
    }

    /** One whose pool of 20 leads to the connections of the pgbouncer. */
    private Application application(Class<?>... entities) {
        Application application = new Application(bouncer.jdbcUrl(UNNAMED), entities);
        opened.add(0, application);
        return application;
    }

    private Connection client(String parameters) throws SQLException {
        Connection connection = DriverManager.getConnection(bouncer.jdbcUrl(parameters));
        opened.add(0, connection);
        return connection;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Nested
    class UnitsOfWork {

        @Test
        void joinNestSuspendAndRetry() {
            startBouncer(4);
            UnitOfWork unitOfWork = application(Tally.class).unitOfWork;
            unitOfWork.run(em -> {
                em.persist(new Tally("a"));
                unitOfWork.with(Propagation.NEW).run(other -> other.persist(new Tally("b")));
                unitOfWork.with(Propagation.NESTED).run(() -> {
                    em.find(Tally.class, "a").count = 100;
                    unitOfWork.current().preventCommit();
                });
            });
            UnitOfWork retrying = unitOfWork.with(o -> o.withRetry(RetryPolicy.attempts(50)));
            List<CompletableFuture<Void>> threads = IntStream.range(0, 4)
                    .mapToObj(i -> CompletableFuture.runAsync(() -> {
                        for (int n = 0; n < 10; n++) {
                            retrying.with(o -> i % 2 == 0 ? o.withMode(TransactionMode.OPTIMISTIC) : o)
                                    .run(em -> em.find(Tally.class, "b").count++);
                        }
                    }))
                    .toList();
            threads.forEach(CompletableFuture::join);

            assertThat(database.rows("SELECT id, count FROM tallies ORDER BY id"))
                    .containsExactly("a|0", "b|40");
        }

        @Test
        void leaveNoSettingToTheNextClientOfTheirConnection() throws SQLException {
            startBouncer(1);
            application()
                    .unitOfWork
                    .with(o -> o.withIsolation(IsolationLevel.SERIALIZABLE)
                            .withReadOnly(true)
                            .withTimeout(Duration.ofSeconds(30))
                            .withLockTimeout(Duration.ofSeconds(3)))
                    .run(em -> em.createNativeQuery("SELECT 1").getSingleResult());

            Connection next = client(UNNAMED);
            for (String setting :
                    List.of("transaction_isolation", "transaction_read_only", "statement_timeout", "lock_timeout")) {
                assertThat(value(next, setting)).isEqualTo(value(database.connect(), setting));
            }
        }

        private String value(Connection connection, String setting) throws SQLException {
            try (Statement statement = connection.createStatement();
                    var rows = statement.executeQuery("SHOW " + setting)) {
                rows.next();
                return rows.getString(1);
            }
        }
    }

    @Nested
    class Events {

        @Test
        void areSkippedByNoReaderThoughManyWriteAtOnce() {
            startBouncer(8);
            Application application = application();
            List<CompletableFuture<Void>> writers = IntStream.range(0, 4)
                    .mapToObj(writer -> CompletableFuture.runAsync(() -> {
                        for (int i = 0; i < 100; i++) {
                            int number = i;
                            application.unitOfWork.run(() -> {
                                application.store.store(new Deposited("a" + writer, number));
                                if (number % 5 == 4) {
                                    application.unitOfWork.current().preventCommit();
                                }
                            });
                        }
                    }))
                    .toList();
            List<Long> seen = new ArrayList<>();
            long checkpoint = 0;
            boolean written;
            EventPage page;
            do {
                written = writers.stream().allMatch(CompletableFuture::isDone);
                page = application.store.fetch(checkpoint, 50);
                checkpoint = page.nextPosition();
                page.events().stream().map(StoredEvent::position).forEach(seen::add);
            } while (!written || !page.isLast());
            writers.forEach(CompletableFuture::join);

            assertThat(seen)
                    .hasSize(320)
                    .map(String::valueOf)
                    .isEqualTo(database.rows("SELECT position FROM hexai__events ORDER BY position"));
        }
    }

    @Nested
    class Subscriptions {

        @BeforeEach
        void start() {
            startBouncer(8);
        }

        @Test
        void handOverAndRebuildByPollingOnly() {
            Application first = application();
            Application second = application();
            EventSubscription active = first.start(polling(first));
            first.store.store(new Deposited("a", 1));
            active.awaitCaughtUp(LONG);
            EventSubscription standby = second.start(polling(second));
            second.store.store(new Deposited("a", 2));
            standby.awaitCaughtUp(LONG);
            active.close();
            first.store.store(new Deposited("a", 4));
            standby.awaitCaughtUp(LONG);
            assertThat(standby.state().owner()).isNotNull();
            standby.rebuild();
            standby.awaitRebuilt(LONG);

            assertThat(database.balances()).containsExactly("a|7|3");
        }

        private EventSubscriptionBuilder polling(Application application) {
            return application
                    .balances("s")
                    .pollInterval(Duration.ofMillis(100))
                    .readModel(Balance.class);
        }

        @Test
        void hearAtOnceOfWhatIsStoredThroughItIfTheyConnectDirectly() {
            Application follower = database.application();
            EventSubscription subscription =
                    follower.start(follower.balances("s").pollInterval(Duration.ofHours(1)));
            await().atMost(LONG)
                    .until(() -> database.value("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
                                    + " AND datname = current_database()")
                            .equals("1"));
            Application writer = application();
            opened.add(0, EventSubscription.announceAppends(writer.store)::close);

            writer.store.store(new Deposited("a", 1));

            subscription.awaitCaughtUp(LONG);
            assertThat(database.balances()).containsExactly("a|1|1");
        }
    }

    /** What makes sessions of its own does not go through it. */
    @Nested
    class Sessions {

        private static final String ADVISORY_LOCKS = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
                + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

        @Test
        void doNotEndWithTheirClientsSoThatTheLockOfOneThatDiesStays() throws SQLException {
            startBouncer(1);
            Connection owner = client(UNNAMED);
            execute(owner, "SELECT pg_advisory_lock(1)");
            owner.abort(Runnable::run);

            execute(client(UNNAMED), "SELECT 1");
            assertThat(database.value(ADVISORY_LOCKS)).isEqualTo("1");
        }

        @Test
        void keepTheDriversNamedStatementsOnlySincePgbouncer124() throws SQLException {
            startBouncer(2);
            Connection client = client("prepareThreshold=1");
            Connection other = client(UNNAMED);
            client.setAutoCommit(false);
            other.setAutoCommit(false);
            try (var statement = client.prepareStatement("SELECT 1")) {
                statement.executeQuery().close();
                client.commit();
                execute(other, "SELECT 1"); // takes the server connection that has the statement

                if (PgBouncer.minorVersion() < 24) {
                    assertThatThrownBy(statement::executeQuery)
                            .isInstanceOfSatisfying(
                                    SQLException.class,
                                    e -> assertThat(e.getSQLState()).isEqualTo("26000"));
                } else {
                    statement.executeQuery().close();
                }
            }
        }
    }
}
