package io.hexai.jpa.examples.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.test.PostgresTest;
import io.hexai.jpa.test.TestIsolation;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The application as a client sees it: over HTTP, while somebody else changes the same rows by SQL. */
@PostgresTest(builtIn = false, isolation = TestIsolation.CLONE_PER_METHOD)
class WorkshopTest {

    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration SHORT = Duration.ofMillis(300);

    private final PostgresConfig database;
    private final DataSource dataSource;
    private Workshop workshop;
    private RestClient client;

    WorkshopTest(PostgresConfig database, DataSource dataSource) {
        this.database = database;
        this.dataSource = dataSource;
    }

    @AfterEach
    void close() {
        workshop.close();
    }

    private void start(Duration timeout) {
        workshop = new Workshop(database, 0, timeout);
        client = new RestClient(workshop.address());
    }

    @Test
    void answersWhatThePageSays() throws Exception {
        start(LONG);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        RestExample.run(workshop.address(), new PrintStream(bytes, true, StandardCharsets.UTF_8));

        assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "accept: 201",
                        "accept: 409 refused by repair_pkey",
                        "show: 200 {\"id\":\"r-1\",\"minutes\":0,\"task\":\"brakes\"}",
                        "edit: 200 {\"id\":\"r-1\",\"minutes\":0,\"task\":\"brakes, both\"}",
                        "edit: 412 Repair r-1 was edited from version 0 and is at version 1 by now",
                        "work: 200 {\"id\":\"r-1\",\"minutes\":40,\"task\":\"brakes, both\"}",
                        "note: 200 2",
                        "note: 409 Stream repair-r-1 was expected at version 1, but is at version 2",
                        "show: 404 Repair r-2 does not exist, or was removed in this unit of work");
    }

    @Test
    void letsNobodyEditWhoDoesNotSayWhichVersionHeHasSeen() throws Exception {
        start(LONG);
        client.post("repairs", "{\"id\": \"r-1\", \"task\": \"brakes\"}");

        assertThat(client.put("repairs/r-1", "{\"task\": \"gears\"}").statusCode())
                .isEqualTo(428);
        assertThat(client.put("repairs/r-1", "of another server", "{\"task\": \"gears\"}")
                        .statusCode())
                .isEqualTo(412);
        assertThat(client.get("repairs/r-1").body()).contains("brakes");
    }

    @Nested
    class WhileSomebodyElseChangesTheRow {

        private Connection other;

        @BeforeEach
        void changeTheRow() throws SQLException {
            other = dataSource.getConnection();
            other.setAutoCommit(false);
        }

        @AfterEach
        void close() throws SQLException {
            other.close();
        }

        @Test
        void refusesAnEditThatCameTooLate() throws Exception {
            start(LONG);
            changeRow();
            CompletableFuture<HttpResponse<String>> edit =
                    request(() -> client.put("repairs/r-1", "0", "{\"task\": \"gears\"}"));
            awaitThatItWaitsForTheRow();
            other.commit();

            assertThat(edit.join().statusCode()).isEqualTo(409);
            assertThat(client.get("repairs/r-1").body()).contains("changed by SQL");
        }

        @Test
        void repeatsWorkThatCameTooLate() throws Exception {
            start(LONG);
            changeRow();
            CompletableFuture<HttpResponse<String>> work =
                    request(() -> client.post("repairs/r-1/work?minutes=15", ""));
            awaitThatItWaitsForTheRow();
            other.commit();

            assertThat(work.join().statusCode()).isEqualTo(200);
            assertThat(client.get("repairs/r-1").body()).contains("changed by SQL", "\"minutes\":15");
        }

        @Test
        void givesUpWhenItsTimeIsOver() throws Exception {
            start(SHORT);
            changeRow();
            HttpResponse<String> edit = client.put("repairs/r-1", "0", "{\"task\": \"gears\"}");
            other.rollback();

            assertThat(edit.statusCode()).isEqualTo(503);
            assertThat(edit.headers().firstValue("Retry-After")).hasValue("1");
            assertThat(count("SELECT count(*) FROM repair WHERE task = 'brakes'"))
                    .isEqualTo(1);
        }

        private void changeRow() throws SQLException {
            execute("INSERT INTO repair (id, version, task, minutes) VALUES ('r-1', 0, 'brakes', 0)");
            other.commit();
            execute("UPDATE repair SET version = version + 1, task = 'changed by SQL'");
        }

        private void awaitThatItWaitsForTheRow() throws SQLException {
            String waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND transactionid ="
                    + " (SELECT transactionid FROM pg_locks WHERE pid = pg_backend_pid() AND transactionid IS NOT NULL)";
            long end = System.nanoTime() + LONG.toNanos();
            while (count(waiting) == 0 && System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            assertThat(count(waiting)).isEqualTo(1);
        }

        private void execute(String sql) throws SQLException {
            try (Statement statement = other.createStatement()) {
                statement.execute(sql);
            }
        }

        private int count(String sql) throws SQLException {
            try (Statement statement = other.createStatement();
                    ResultSet rows = statement.executeQuery(sql)) {
                rows.next();
                return rows.getInt(1);
            }
        }
    }

    private static CompletableFuture<HttpResponse<String>> request(Request request) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return request.send();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private interface Request {
        HttpResponse<String> send() throws Exception;
    }
}
