package io.hexai.jpa.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hexai.jpa.event.StoredEvent;
import io.hexai.jpa.subscription.AccountEvent.Deposited;
import io.hexai.jpa.testing.TcpProxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Effects that no unique key would catch if they were repeated. */
class ExactlyOnceTest {

    private static final Duration SOON = Duration.ofSeconds(60);

    private final SubscriptionDatabase database = new SubscriptionDatabase();

    @BeforeEach
    void createTable() {
        database.execute("CREATE TABLE handled (position bigint NOT NULL)");
    }

    @AfterEach
    void drop() {
        database.close();
    }

    private String handled() {
        return database.value("SELECT coalesce(string_agg(position::text, ' ' ORDER BY position), '') FROM handled");
    }

    private static void noteIn(Application application, StoredEvent event) {
        application
                .unitOfWork
                .entityManager()
                .createNativeQuery("INSERT INTO handled VALUES (?1)")
                .setParameter(1, event.position())
                .executeUpdate();
    }

    @Nested
    class ACommitThatHangsInTheServer {

        /** The client waits for an answer for a second; the server waits for a lock that the test holds. */
        private final Application impatient = database.applicationAt(database.jdbcUrl() + "&socketTimeout=1");

        private final Connection holder = database.connect();

        @BeforeEach
        void letCommitsWait() throws SQLException {
            database.execute("CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS"
                    + " 'BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NULL; END'");
            inHolder("SELECT pg_advisory_lock(4711)");
        }

        @AfterEach
        void close() throws SQLException {
            holder.close();
        }

        private void inHolder(String sql) throws SQLException {
            try (Statement statement = holder.createStatement()) {
                statement.execute(sql);
            }
        }

        private void waitAtCommitAfterWriting(String table) {
            database.execute("CREATE CONSTRAINT TRIGGER wait AFTER INSERT OR DELETE ON " + table
                    + " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait()");
        }

        @Test
        void isSeenByTheNextAttemptAlthoughItComesThroughWhileThatIsHandling() throws Exception {
            waitAtCommitAfterWriting("handled");
            AtomicInteger attempts = new AtomicInteger();
            EventSubscription subscription =
                    impatient.start(impatient.subscription("s").on(Deposited.class, (deposited, event) -> {
                        noteIn(impatient, event);
                        if (attempts.incrementAndGet() == 2) {
                            inHolder("SELECT pg_advisory_unlock(4711)");
                            await().atMost(SOON).until(() -> handled().equals("1"));
                        }
                    }));
            impatient.store.store(new Deposited("a", 1));
            subscription.awaitCaughtUp(SOON);
            await().atMost(SOON).until(() -> attempts.get() >= 2);
            impatient.store.store(new Deposited("a", 1));
            subscription.awaitCaughtUp(SOON);
            assertThat(handled()).isEqualTo("1 2");
        }

        @Test
        void ofARebuildIsNotTakenForOneThatFailed() throws Exception {
            CountDownLatch retrying = new CountDownLatch(1);
            AtomicBoolean rebuilding = new AtomicBoolean();
            EventSubscription subscription = impatient.start(impatient
                    .subscription("s")
                    .readModel("handled")
                    .lease(Duration.ofMinutes(10))
                    .listener(new SubscriptionListener() {
                        @Override
                        public void retrying(String name, Throwable failure, int attempt) {
                            // First its COMMIT has hung, then it has waited for what that holds.
                            if (rebuilding.get() && attempt == 2) {
                                retrying.countDown();
                            }
                        }
                    })
                    .on(Deposited.class, (deposited, event) -> noteIn(impatient, event)));
            impatient.store.store(new Deposited("a", 1));
            subscription.awaitCaughtUp(SOON);
            database.execute("INSERT INTO handled VALUES (1000)");
            waitAtCommitAfterWriting("handled");
            rebuilding.set(true);
            subscription.rebuild();
            assertThat(retrying.await(60, TimeUnit.SECONDS)).isTrue();
            inHolder("SELECT pg_advisory_unlock(4711)");
            subscription.awaitRebuilt(SOON);
            impatient.store.store(new Deposited("a", 1));
            subscription.awaitCaughtUp(SOON);
            assertThat(handled()).isEqualTo("1 2");
            assertThat(subscription.state().rebuildFailure()).isNull();
            assertThat(database.rows("SELECT generation FROM hexai__checkpoints"))
                    .containsExactly("2");
        }
    }

    @Test
    void lastsThroughCommitsThatAreLostOnTheirWayThereOrBack() {
        try (TcpProxy proxy = TcpProxy.before(database.jdbcUrl())) {
            Application application = database.applicationAt(proxy.jdbcUrl());
            Application writer = database.application();
            EventSubscription subscription = application.start(application
                    .subscription("s")
                    .batchSize(3)
                    .pollInterval(Duration.ofMillis(50))
                    .on(Deposited.class, (deposited, event) -> noteIn(application, event)));
            EventSubscription monitor =
                    writer.build(writer.subscription("s").on(Deposited.class, (deposited, event) -> {}));
            AtomicInteger commits = new AtomicInteger();
            proxy.everyCommit(() -> switch (commits.incrementAndGet() % 5) {
                case 1 -> TcpProxy.Fate.ANSWER_LOST;
                case 3 -> TcpProxy.Fate.LOST_BEFORE;
                default -> TcpProxy.Fate.FORWARDED;
            });
            for (int i = 0; i < 10; i++) {
                writer.store.store(new Deposited("a", i));
            }
            monitor.awaitCaughtUp(SOON);
            assertThat(handled()).isEqualTo("1 2 3 4 5 6 7 8 9 10");
            assertThat(commits).hasValueGreaterThan(4);
            proxy.everyCommit(() -> TcpProxy.Fate.FORWARDED);
            subscription.close();
        }
    }

    @Test
    void lastsWhenSomebodyMovesTheCheckpointBack() {
        Application application = database.application();
        EventSubscription subscription = application.start(
                application.subscription("s").on(Deposited.class, (deposited, event) -> noteIn(application, event)));
        for (int i = 0; i < 3; i++) {
            application.store.store(new Deposited("a", i));
        }
        subscription.awaitCaughtUp(SOON);
        database.execute(
                "BEGIN; DELETE FROM handled WHERE position > 1; UPDATE hexai__checkpoints SET position = 1; COMMIT");
        application.store.store(new Deposited("a", 4));
        subscription.awaitCaughtUp(SOON);
        assertThat(handled()).isEqualTo("1 2 3 4");
    }
}
