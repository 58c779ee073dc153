package io.hexai.jpa.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.testing.TestPostgres;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.jdbc.PgConnection;
import org.slf4j.LoggerFactory;

class PostgresConfigPoolTest {

    private static String url;
    private static PostgresConfig config;

    @BeforeAll
    static void createDatabase() {
        url = TestPostgres.newDatabase();
        config = PostgresConfig.fromUrl(url);
    }

    @AfterAll
    static void dropDatabase() {
        TestPostgres.dropDatabase(url);
    }

    @Nested
    class APool {

        @Test
        void opensNoConnectionBeforeOneIsAskedFor() throws Exception {
            try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                server.setSoTimeout(300);
                PostgresConfig nowhere = config.withHost("127.0.0.1").withPort(server.getLocalPort());

                try (HikariDataSource pool = nowhere.openDataSource()) {
                    assertThat(pool.isRunning()).isTrue();
                    assertThat(catchThrowable(server::accept)).isInstanceOf(SocketTimeoutException.class);
                }
            }
        }

        @Test
        void connectsWithTheDocumentedDefaults() throws SQLException {
            try (HikariDataSource pool = config.openDataSource();
                    Connection connection = pool.getConnection()) {
                PgConnection driver = connection.unwrap(PgConnection.class);

                assertThat(connection.getAutoCommit()).isTrue();
                assertThat(driver.getQueryExecutor().isReWriteBatchedInsertsEnabled())
                        .isTrue();
                assertThat(valueOf(connection, "SHOW application_name")).isEqualTo("hexai-jpa");
                assertThat(valueOf(connection, "SELECT current_database()")).isEqualTo(config.database());
            }
        }

        @Test
        void passesParametersOnAndLetsThemWin() throws SQLException {
            PostgresConfig changed = config.withApplicationName("shop")
                    .withParameter("reWriteBatchedInserts", "false")
                    .withParameter("options", "-c search_path=elsewhere");
            try (HikariDataSource pool = changed.openDataSource();
                    Connection connection = pool.getConnection()) {
                assertThat(connection
                                .unwrap(PgConnection.class)
                                .getQueryExecutor()
                                .isReWriteBatchedInsertsEnabled())
                        .isFalse();
                assertThat(valueOf(connection, "SHOW application_name")).isEqualTo("shop");
                assertThat(valueOf(connection, "SHOW search_path")).isEqualTo("elsewhere");
            }
        }

        @Test
        void holdsNoMoreThanItsSizeAndWaitsNoLongerThanItsTimeout() throws SQLException {
            PostgresConfig small = config.withPoolSize(1).withConnectionTimeout(Duration.ofMillis(1));
            try (HikariDataSource pool = small.openDataSource();
                    Connection only = pool.getConnection()) {
                assertThat(only.isValid(1)).isTrue();
                assertThatThrownBy(pool::getConnection)
                        .isInstanceOf(SQLTransientConnectionException.class)
                        .hasMessageContaining("total=1");
                assertThat(pool.getConnectionTimeout()).isEqualTo(250);
            }
        }

        @Test
        void closesUnusedConnectionsAsConfigured() {
            try (HikariDataSource never = config.withIdleTimeout(Duration.ZERO).openDataSource();
                    HikariDataSource soon =
                            config.withIdleTimeout(Duration.ofMillis(1)).openDataSource();
                    HikariDataSource late =
                            config.withIdleTimeout(Duration.ofHours(5)).openDataSource()) {
                assertThat(never.getIdleTimeout()).isZero();
                assertThat(soon.getIdleTimeout()).isEqualTo(10_000);
                assertThat(late.getIdleTimeout()).isZero();
                assertThat(soon.getMinimumIdle()).isZero();
            }
        }

        @Test
        void triesTheNextHostWhenTheFirstIsDown() throws Exception {
            int closedPort;
            try (ServerSocket server = new ServerSocket(0)) {
                closedPort = server.getLocalPort();
            }
            PostgresConfig two = config.withHosts(
                    List.of(new PostgresHost("127.0.0.1", closedPort), new PostgresHost(config.host(), config.port())));
            try (HikariDataSource pool = two.openDataSource();
                    Connection connection = pool.getConnection()) {
                assertThat(connection.isValid(1)).isTrue();
            }
        }

        @Test
        void letsTheCallerChangeItsSettings() {
            try (HikariDataSource pool = config.openDataSource(settings -> settings.setPoolName("mine"))) {
                assertThat(pool.getPoolName()).isEqualTo("mine");
            }
        }

        @Test
        @Timeout(60)
        void givesUpOnAServerThatNeverAnswers() throws Exception {
            try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
                PostgresConfig mute = config.withHost("127.0.0.1")
                        .withPort(silent.getLocalPort())
                        .withConnectionTimeout(Duration.ofSeconds(1));

                assertThatThrownBy(() -> new DriverDataSource(mute).getConnection())
                        .isInstanceOf(SQLException.class)
                        .hasMessageContaining("timed out");
            }
        }
    }

    @Nested
    class ThePassword {

        private static final String SECRET = "S3cretly";

        @Test
        void isNowhereInLogsThreadNamesAndFailures() {
            ListAppender<ILoggingEvent> appender = new ListAppender<>();
            Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
            Logger hikari = (Logger) LoggerFactory.getLogger("com.zaxxer.hikari");
            Level before = hikari.getLevel();
            boolean additive = hikari.isAdditive();
            appender.start();
            hikari.setAdditive(false);
            hikari.addAppender(appender);
            root.addAppender(appender);
            hikari.setLevel(Level.TRACE);
            try (HikariDataSource pool = config.withUser("nobody")
                    .withPassword(SECRET)
                    .withConnectionTimeout(Duration.ofMillis(300))
                    .withParameter("sslpassword", SECRET)
                    .withParameter("sslmod", "require")
                    .openDataSource()) {
                Throwable failure = catchThrowable(pool::getConnection);

                for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                    assertThat(cause.toString()).doesNotContain(SECRET);
                }
                assertThat(failure).isInstanceOf(SQLException.class);
                assertThat(pool.toString()).doesNotContain(SECRET);
                assertThat(Thread.getAllStackTraces().keySet())
                        .extracting(Thread::getName)
                        .noneMatch(name -> name.contains(SECRET));
            } finally {
                hikari.setLevel(before);
                hikari.setAdditive(additive);
                hikari.detachAppender(appender);
                root.detachAppender(appender);
            }
            List<String> lines = List.copyOf(appender.list).stream()
                    .map(ILoggingEvent::getFormattedMessage)
                    .toList();
            assertThat(lines)
                    .anyMatch(line -> line.contains("maximumPoolSize"))
                    .noneMatch(line -> line.contains(SECRET));
            assertThat(lines).anyMatch(line -> line.contains("knows no parameter 'sslmod'"));
        }

        @Test
        void reachesTheServerAsItIs() throws Exception {
            String password = "p@:/?#&%25+ w\"'üß漢";
            CompletableFuture<String> received = new CompletableFuture<>();
            try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                Thread thread = new Thread(() -> askForPassword(server, received), "asks-for-password");
                thread.start();
                PostgresConfig fake = PostgresConfig.fromUrl(config.withHost("127.0.0.1")
                        .withPort(server.getLocalPort())
                        .withPassword(password)
                        .withConnectionTimeout(Duration.ofSeconds(5))
                        .withParameter("sslmode", "disable")
                        .toUrl());

                try (HikariDataSource pool = fake.openDataSource()) {
                    CompletableFuture.supplyAsync(() -> catchThrowable(pool::getConnection));
                    assertThat(received.get(30, TimeUnit.SECONDS)).isEqualTo(password);
                }
            }
        }

        /** Speaks as much of PostgreSQL's protocol as it takes to be told a password in the clear. */
        private void askForPassword(ServerSocket server, CompletableFuture<String> received) {
            try (Socket client = server.accept();
                    DataInputStream in = new DataInputStream(client.getInputStream());
                    DataOutputStream out = new DataOutputStream(client.getOutputStream())) {
                in.readFully(new byte[in.readInt() - Integer.BYTES]);
                out.writeByte('R');
                out.writeInt(2 * Integer.BYTES);
                out.writeInt(3);
                out.flush();
                assertThat(in.readByte()).isEqualTo((byte) 'p');
                byte[] answer = new byte[in.readInt() - Integer.BYTES];
                in.readFully(answer);
                received.complete(new String(answer, 0, answer.length - 1, StandardCharsets.UTF_8));
            } catch (IOException | AssertionError e) {
                received.completeExceptionally(e);
            }
        }
    }

    private static String valueOf(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            result.next();
            return result.getString(1);
        }
    }
}
