package io.hexai.jpa.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.testing.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ConnectionSourceTest {

    private static final ConnectionSource.Work<Void> CREATE_AND_FAIL = connection -> {
        create(connection);
        throw new AssertionError("after the statement");
    };

    private static String url;
    private static HikariDataSource dataSource;

    @BeforeAll
    static void createDatabase() {
        url = TestPostgres.newDatabase();
        dataSource = PostgresConfig.fromUrl(url).openDataSource();
    }

    @AfterAll
    static void dropDatabase() {
        dataSource.close();
        TestPostgres.dropDatabase(url);
    }

    @Test
    void rollsBackWhateverTheWorkThrowsInAutoCommitMode() throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            ConnectionSource source = ConnectionSource.of(connection);

            assertThatThrownBy(() -> source.call(CREATE_AND_FAIL)).hasMessage("after the statement");

            assertThat(connection.getAutoCommit()).isTrue();
        }
        assertThat(TableManager.of(dataSource).exists("made")).isFalse();
    }

    @Test
    void rollsBackWhateverTheWorkThrowsOnABorrowedConnection() {
        assertThatThrownBy(() -> ConnectionSource.of(dataSource).call(CREATE_AND_FAIL))
                .hasMessage("after the statement")
                .hasNoSuppressedExceptions();

        assertThat(TableManager.of(dataSource).exists("made")).isFalse();
        assertThat(PoolState.of(dataSource).active()).isZero();
    }

    @Test
    void leavesATransactionToItsOwnerAlsoOnFailure() throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);

            assertThatThrownBy(() -> ConnectionSource.of(connection).call(CREATE_AND_FAIL))
                    .hasMessage("after the statement");

            assertThat(TableManager.of(connection).exists("made")).isTrue();
            connection.rollback();
        }
    }

    @Test
    void suppressesWhatFailsAfterTheWork() throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            assertThatThrownBy(() -> ConnectionSource.of(connection).call(c -> {
                        c.close();
                        throw new IllegalStateException("of the work");
                    }))
                    .hasMessage("of the work")
                    .satisfies(failure -> assertThat(failure.getSuppressed()).isNotEmpty());
        }
    }

    private static void create(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE made (id int)");
        }
    }
}
