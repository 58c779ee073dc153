package io.hexai.jpa.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.testing.TestPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class MigrationConnectionsTest {

    private final MigrationDatabase database = new MigrationDatabase();
    private final PostgresConfig config = PostgresConfig.fromUrl(database.url());

    @AfterEach
    void drop() {
        database.close();
    }

    @Test
    void ofAPoolOfOneAreRefusedByName() {
        try (HikariDataSource pool = config.withPoolSize(1).openDataSource()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Migrations.runBuiltIn(pool))
                    .withMessageContaining("two connections")
                    .withMessageContaining(pool.getPoolName());
            assertThat(PoolState.of(pool).active()).isZero();
        }
        assertThat(database.tables()).isEmpty();
    }

    @Test
    void thatAreOneAreRefusedByNameAndGivenBackAsTheyCame() throws SQLException {
        try (Connection connection = TestPostgres.connect(database.url())) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Migrations.runBuiltIn(new OneConnection(connection)))
                    .withMessageContaining("the same one twice");
            assertThat(connection.getAutoCommit()).isTrue();
        }
        assertThat(database.tables()).isEmpty();
    }

    @Test
    @Timeout(60)
    void ofAPoolOfTwoAreEnoughForTenStarters() throws Exception {
        try (HikariDataSource pool = config.withPoolSize(2).openDataSource()) {
            List<MigrationReport> reports = Together.start(10, () -> Migrations.runEventTable(pool, "order_events"));
            assertThat(reports)
                    .filteredOn(report -> !report.applied().isEmpty())
                    .hasSize(1);
            assertThat(PoolState.of(pool).active()).isZero();
        }
    }

    @Test
    void toAServerThatIsNotThereFailWithoutAdviceToCorrectTheMigration() throws IOException {
        int unused;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            unused = socket.getLocalPort();
        }
        PostgresConfig nowhere = config.withHost("127.0.0.1").withPort(unused).withPassword("s3cret");

        DatabaseOperationException failure =
                catchThrowableOfType(DatabaseOperationException.class, () -> Migrations.runBuiltIn(nowhere));

        assertThat(failure.sqlState()).startsWith("08");
        assertThat(failure)
                .hasMessageContaining("hexai-jpa/built-in.xml")
                .hasMessageNotContaining("Correct it")
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void ofAUserWhoMayNotKeepALedgerFailWithTheServersWords() {
        String user = "reader_of_" + TestPostgres.nameIn(database.url());
        database.execute("CREATE ROLE " + user + " LOGIN PASSWORD 'x'; REVOKE CREATE ON SCHEMA public FROM public");
        try {
            PostgresConfig reader = config.withUser(user).withPassword("x");

            DatabaseOperationException failure =
                    catchThrowableOfType(DatabaseOperationException.class, () -> Migrations.runBuiltIn(reader));

            assertThat(failure.sqlState()).isEqualTo("42501");
            assertThat(failure).hasMessageContaining("permission denied for schema public");
        } finally {
            database.execute("DROP ROLE " + user);
        }
    }
}
