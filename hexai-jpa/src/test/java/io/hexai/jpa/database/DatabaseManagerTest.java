package io.hexai.jpa.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hexai.jpa.testing.TestPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseManagerTest {

    private static final String PREFIX = "dm_" + ProcessHandle.current().pid() + "_";
    private static final String ROLE = PREFIX + "role";

    private static PostgresConfig config;

    private DatabaseManager manager;
    private final List<String> created = new ArrayList<>();

    @BeforeAll
    static void createDatabase() {
        config = PostgresConfig.fromUrl(TestPostgres.newDatabase()).withApplicationName(PREFIX + "manager");
    }

    @AfterAll
    static void dropDatabase() {
        TestPostgres.dropDatabase(config.toJdbcUrl());
    }

    @BeforeEach
    void openManager() {
        manager = DatabaseManager.of(config);
    }

    @AfterEach
    void dropAllAndClose() {
        manager.close();
        try (DatabaseManager cleaner = DatabaseManager.of(config)) {
            created.forEach(cleaner::dropDatabase);
        }
    }

    private String name(String suffix) {
        String name = PREFIX + suffix;
        created.add(name);
        return name;
    }

    @Nested
    class Creating {

        @Test
        void doesNothingIfThereIsOneAlready() throws SQLException {
            String name = name("twice");
            manager.createDatabase(name);
            execute(name, "CREATE TABLE kept (id int)");

            manager.createDatabase(name);

            assertThat(manager.exists(name)).isTrue();
            assertThat(tablesOf(name)).containsExactly("kept");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "ProbeMixed",
                    "a-b",
                    "with space",
                    "we\"ird",
                    "we'ird",
                    "x\"; DROP DATABASE postgres; --",
                    "üß漢",
                    "a.b/c?d#e@f:g%h&i=j+k",
                    "select",
                })
        void takesAnyNameForANameOnly(String suffix) throws SQLException {
            String name = name(suffix);

            manager.createDatabase(name);
            manager.createDatabase(name);

            assertThat(manager.names()).contains(name, "postgres");
            assertThat(manager.exists(name)).isTrue();
            try (Connection connection = new DriverDataSource(config.withDatabase(name)).getConnection()) {
                assertThat(connection.getCatalog()).isEqualTo(name);
            }
            manager.dropDatabase(name);
            assertThat(manager.exists(name)).isFalse();
            assertThat(manager.names()).doesNotContain(name);
        }

        @Test
        void tellsUpperFromLowerCase() {
            manager.createDatabase(name("Case"));

            assertThat(manager.exists(PREFIX + "Case")).isTrue();
            assertThat(manager.exists(PREFIX + "case")).isFalse();
        }

        @Test
        void refusesNamesThatTheServerWouldCutOrCannotTake() {
            assertThatThrownBy(() -> manager.createDatabase("ü".repeat(32)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("64 bytes");
            assertThatThrownBy(() -> manager.createDatabase("")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> manager.createDatabase("a\0b")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> manager.createDatabase("a", "")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> manager.dropDatabase("\uD800")).isInstanceOf(IllegalArgumentException.class);
        }

        @Test
        void succeedsForAllWhoCreateItAtTheSameTime() throws Exception {
            String name = name("race");

            atTheSameTime(6, () -> manager.createDatabase(name));

            assertThat(manager.exists(name)).isTrue();
        }

        @Test
        void copiesATemplate() throws SQLException {
            String template = name("template");
            String copy = name("copy");
            manager.createDatabase(template);
            execute(template, "CREATE TABLE of_the_template (id int)");

            manager.createDatabase(copy, template);
            manager.createDatabase(copy, template);

            assertThat(tablesOf(copy)).containsExactly("of_the_template");
        }

        @Test
        void tellsWhichTemplateIsMissing() {
            assertThatExceptionOfType(DatabaseOperationException.class)
                    .isThrownBy(() -> manager.createDatabase(name("orphan"), PREFIX + "missing"))
                    .withMessageContaining("Creating database \"" + PREFIX + "orphan\" on [")
                    .withMessageContaining(PREFIX + "missing")
                    .satisfies(failure -> assertThat(failure.sqlState()).isEqualTo("3D000"));
        }

        @Test
        void replacesOneWhoseDroppingWasInterrupted() throws SQLException {
            String name = name("half");
            manager.createDatabase(name);
            execute(name, "CREATE TABLE lost (id int)");
            TestPostgres.execute("UPDATE pg_database SET datconnlimit = -2 WHERE datname = '" + name + "'");
            assertThat(manager.exists(name)).isFalse();
            assertThat(manager.names()).doesNotContain(name);

            manager.createDatabase(name);

            assertThat(tablesOf(name)).isEmpty();
        }

        @Test
        void worksWhenTheConfiguredDatabaseIsTheOneToCreate() {
            String name = name("own");
            try (DatabaseManager own = DatabaseManager.of(config.withDatabase(name))) {
                own.createDatabase(name);

                assertThat(own.exists(name)).isTrue();
                own.dropDatabase(name);
                assertThat(own.exists(name)).isFalse();
            }
        }

        @Test
        void tellsThatTheUserMayNot() {
            TestPostgres.execute("CREATE ROLE " + ROLE + " LOGIN PASSWORD 'weak'");
            try (DatabaseManager weak = DatabaseManager.of(config.withUser(ROLE).withPassword("weak"))) {
                assertThatExceptionOfType(DatabaseOperationException.class)
                        .isThrownBy(() -> weak.createDatabase(name("forbidden")))
                        .satisfies(failure -> assertThat(failure.sqlState()).isEqualTo("42501"));
            } finally {
                TestPostgres.execute("DROP ROLE " + ROLE);
            }
        }
    }

    @Nested
    class Dropping {

        @Test
        void doesNothingIfThereIsNone() {
            String missing = PREFIX + "never";

            manager.dropDatabase(missing);

            assertThat(manager.exists(missing)).isFalse();
        }

        @Test
        void endsTheSessionsThatAreConnected() throws SQLException {
            String name = name("busy");
            manager.createDatabase(name);
            try (Connection connected = new DriverDataSource(config.withDatabase(name)).getConnection()) {
                manager.dropDatabase(name);

                assertThat(manager.exists(name)).isFalse();
                assertThat(connected.isValid(1)).isFalse();
            }
        }

        @Test
        void succeedsForAllWhoDropItAtTheSameTime() throws Exception {
            String name = name("gone");
            manager.createDatabase(name);

            atTheSameTime(6, () -> manager.dropDatabase(name));

            assertThat(manager.exists(name)).isFalse();
        }
    }

    @Nested
    class ItsConnection {

        @Test
        void isNotOpenedBeforeTheFirstCall() throws IOException {
            try (DatabaseManager nowhere =
                    DatabaseManager.of(config.withHost("127.0.0.1").withPort(closedPort()))) {
                assertThatThrownBy(nowhere::names)
                        .isInstanceOf(DatabaseOperationException.class)
                        .hasMessageContaining("Listing the databases on [127.0.0.1:");
            }
        }

        @Test
        void isKeptForTheNextCallAndClosedInTheEnd() {
            manager.names();
            int first = pidOfManager();
            manager.names();

            assertThat(pidOfManager()).isEqualTo(first);
            manager.close();
            await().atMost(Duration.ofSeconds(20)).until(() -> pidOfManager() == 0);
        }

        @Test
        void isReplacedWhenTheServerHasEndedIt() {
            manager.names();
            int first = pidOfManager();
            TestPostgres.execute("SELECT pg_terminate_backend(" + first + ", 10000)");

            assertThat(manager.names()).contains("postgres");
            assertThat(pidOfManager()).isNotIn(0, first);
        }

        @Test
        void goesToTheConfiguredDatabaseWhereTheOtherIsClosedToTheUser() {
            TestPostgres.execute("CREATE ROLE " + ROLE + " LOGIN PASSWORD 'guest'");
            TestPostgres.execute("REVOKE CONNECT ON DATABASE postgres FROM PUBLIC");
            try (DatabaseManager guest =
                    DatabaseManager.of(config.withUser(ROLE).withPassword("guest"))) {
                assertThat(guest.exists(config.database())).isTrue();
            } finally {
                TestPostgres.execute("GRANT CONNECT ON DATABASE postgres TO PUBLIC");
                TestPostgres.execute("DROP ROLE " + ROLE);
            }
        }

        @Test
        void isRefusedAfterTheEnd() {
            manager.names();
            manager.close();
            manager.close();

            List<Runnable> calls = List.of(
                    () -> manager.names(),
                    () -> manager.exists("x"),
                    () -> manager.createDatabase("x"),
                    () -> manager.createDatabase("x", "y"),
                    () -> manager.dropDatabase("x"),
                    () -> manager.awaitReady(Duration.ofSeconds(1)));
            assertThat(calls)
                    .allSatisfy(call -> assertThatThrownBy(call::run)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("closed"));
        }

        private int pidOfManager() {
            try (Connection connection = new DriverDataSource(config.withApplicationName("observer")).getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet result = statement.executeQuery(
                            "SELECT coalesce(max(pid), 0), count(*) FROM pg_stat_activity WHERE application_name = '"
                                    + PREFIX + "manager'")) {
                result.next();
                assertThat(result.getInt(2)).isLessThanOrEqualTo(1);
                return result.getInt(1);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Nested
    class Waiting {

        @Test
        void returnsAtOnceAndAgainWhenTheServerIsThere() {
            manager.awaitReady(Duration.ZERO);
            manager.awaitReady(Duration.ofSeconds(30));

            assertThat(manager.names()).contains(config.database());
        }

        @Test
        void goesOnUntilTheServerAnswers() throws Exception {
            try (LateServer late = new LateServer(config, 3);
                    DatabaseManager waiting =
                            DatabaseManager.of(config.withHost("127.0.0.1").withPort(late.port()))) {
                waiting.awaitReady(Duration.ofSeconds(60));

                assertThat(waiting.names()).contains(config.database());
                assertThat(late.refused).isZero();
            }
        }

        @Test
        void givesUpWhenTheTimeIsOver() throws IOException {
            int port = closedPort();
            try (DatabaseManager waiting =
                    DatabaseManager.of(config.withHost("127.0.0.1").withPort(port))) {
                assertThatExceptionOfType(DatabaseNotReadyException.class)
                        .isThrownBy(() -> waiting.awaitReady(Duration.ofMillis(300)))
                        .withMessageContaining("127.0.0.1:" + port)
                        .withCauseInstanceOf(SQLException.class)
                        .satisfies(failure -> {
                            assertThat(failure.attempts()).isGreaterThan(1);
                            assertThat(failure.waited()).isGreaterThanOrEqualTo(Duration.ofMillis(300));
                        });
            }
        }

        @Test
        void failsAtOnceWhenTheServerRefusesForGood() {
            try (DatabaseManager unknown = DatabaseManager.of(config.withUser("hexai_nobody"))) {
                assertThatExceptionOfType(DatabaseOperationException.class)
                        .isThrownBy(() -> unknown.awaitReady(Duration.ofHours(1)))
                        .satisfies(failure -> assertThat(failure.sqlState()).startsWith("28"));
            }
        }

        @Test
        void endsWhenItsThreadIsInterruptedAndLeavesItSo() throws IOException {
            try (DatabaseManager waiting =
                    DatabaseManager.of(config.withHost("127.0.0.1").withPort(closedPort()))) {
                Thread.currentThread().interrupt();

                assertThatThrownBy(() -> waiting.awaitReady(Duration.ofHours(1)))
                        .isInstanceOf(DatabaseNotReadyException.class);
                assertThat(Thread.interrupted()).isTrue();
            }
        }
    }

    private static int closedPort() throws IOException {
        try (ServerSocket server = new ServerSocket(0)) {
            return server.getLocalPort();
        }
    }

    /** Hangs up on the first who connect, then passes everything on to the real server. */
    private static final class LateServer implements AutoCloseable {

        private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final ExecutorService threads = Executors.newCachedThreadPool();
        private final PostgresConfig target;
        private volatile int refused;

        LateServer(PostgresConfig target, int toRefuse) throws IOException {
            this.target = target;
            this.refused = toRefuse;
            threads.execute(this::serve);
        }

        int port() {
            return listener.getLocalPort();
        }

        private void serve() {
            try {
                while (true) {
                    Socket client = listener.accept();
                    if (refused > 0) {
                        refused--;
                        client.close();
                        continue;
                    }
                    Socket server = new Socket(target.host(), target.port());
                    threads.execute(() -> copy(client, server));
                    threads.execute(() -> copy(server, client));
                }
            } catch (IOException closed) {
                // The test is over.
            }
        }

        private static void copy(Socket from, Socket to) {
            try (from;
                    to;
                    InputStream in = from.getInputStream();
                    OutputStream out = to.getOutputStream()) {
                in.transferTo(out);
            } catch (IOException closed) {
                // One side hung up; both are closed now.
            }
        }

        @Override
        public void close() {
            try {
                listener.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                threads.shutdownNow();
            }
        }
    }

    private void execute(String database, String sql) throws SQLException {
        try (Connection connection = new DriverDataSource(config.withDatabase(database)).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private List<String> tablesOf(String database) throws SQLException {
        try (Connection connection = new DriverDataSource(config.withDatabase(database)).getConnection()) {
            return TableManager.of(connection).names();
        }
    }

    private static void atTheSameTime(int threads, Runnable work) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        CyclicBarrier start = new CyclicBarrier(threads);
        try {
            List<Future<?>> futures = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                futures.add(executor.submit(() -> {
                    start.await(30, TimeUnit.SECONDS);
                    work.run();
                    return null;
                }));
            }
            for (Future<?> future : futures) {
                future.get(60, TimeUnit.SECONDS);
            }
        } finally {
            executor.shutdownNow();
        }
    }
}
