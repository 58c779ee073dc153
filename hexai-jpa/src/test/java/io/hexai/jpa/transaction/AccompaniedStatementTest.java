package io.hexai.jpa.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.internal.TransactionIdSeeker;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.hibernate.Session;
import org.hibernate.jdbc.ReturningWork;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The first write of a transaction brings its id along; whoever executes it must not notice. */
class AccompaniedStatementTest extends AccountTests {

    @BeforeEach
    void insertTwo() {
        insert("a", 1);
        insert("b", 2);
    }

    @Test
    void returnsTheUpdateCountAndLearnsTheId() {
        jdbc(connection -> {
            try (PreparedStatement update = connection.prepareStatement("UPDATE account SET balance = ?")) {
                update.setLong(1, 7);
                assertThat(knowsTheId(connection)).isFalse();
                assertThat(update.executeUpdate()).isEqualTo(2);
                assertThat(update.getUpdateCount()).isEqualTo(2);
                assertThat(knowsTheId(connection)).isTrue();
            }
            return null;
        });

        assertThat(balance("a")).isEqualTo(7L);
    }

    @Test
    void hasNoFurtherResultAfterAnUpdate() {
        jdbc(connection -> {
            try (PreparedStatement update = connection.prepareStatement("UPDATE account SET balance = 7")) {
                update.executeUpdate();
                assertThat(update.getMoreResults()).isFalse();
                assertThat(update.getUpdateCount()).isEqualTo(-1);
            }
            return null;
        });
    }

    @Test
    void goesOnSeekingTheIdWhileNothingWasWritten() {
        jdbc(connection -> {
            assertThat(update(connection, "UPDATE account SET balance = 1 WHERE false"))
                    .isZero();
            assertThat(knowsTheId(connection)).isFalse();
            assertThat(update(connection, "DELETE FROM account WHERE id = 'a' -- a comment"))
                    .isOne();
            assertThat(knowsTheId(connection)).isTrue();
            return null;
        });
    }

    @Test
    void returnsTheRowsOfAWriteThatReturnsSome() {
        List<String> ids = jdbc(connection -> {
            try (PreparedStatement update =
                    connection.prepareStatement("UPDATE account SET balance = balance + ? RETURNING id")) {
                update.setFetchSize(1);
                update.setInt(1, 1);
                List<String> returned = strings(update.executeQuery());
                assertThat(knowsTheId(connection)).isTrue();
                return returned;
            }
        });

        assertThat(ids).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void keepsTheRowsOfAWriteAsItsResult() {
        jdbc(connection -> {
            try (PreparedStatement update =
                    connection.prepareStatement("UPDATE account SET balance = 8 RETURNING balance")) {
                ResultSet rows = update.executeQuery();
                assertThat(update.getResultSet()).isSameAs(rows);
                assertThat(update.getUpdateCount()).isEqualTo(-1);
                assertThat(strings(rows)).containsExactly("8", "8");
                assertThat(knowsTheId(connection)).isTrue();
            }
            return null;
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 65_536})
    void refusesParametersThatNoStatementHas(int number) {
        jdbc(connection -> {
            try (PreparedStatement update = connection.prepareStatement("UPDATE account SET balance = ?")) {
                assertThatThrownBy(() -> update.setLong(number, 1))
                        .isInstanceOf(SQLException.class)
                        .hasMessageContaining("from 1 to 65535, but " + number);
                update.setLong(1, 9);
                assertThat(update.executeUpdate()).isEqualTo(2);
            }
            return null;
        });
    }

    @Test
    void forgetsParametersThatAreCleared() {
        jdbc(connection -> {
            try (PreparedStatement update = connection.prepareStatement("UPDATE account SET balance = ?")) {
                update.setLong(1, 9);
                update.clearParameters();
                assertThatThrownBy(update::executeUpdate).hasMessageContaining("No value specified for parameter 1");
                update.setLong(1, 10);
                assertThat(update.executeUpdate()).isEqualTo(2);
            }
            return null;
        });
    }

    @Test
    void keepsParametersFromOneExecutionToTheNextOfWhateverKind() {
        jdbc(connection -> {
            try (PreparedStatement insert =
                    connection.prepareStatement("INSERT INTO account (id, version, balance) VALUES (?, 0, ?)")) {
                insert.setLong(2, 5);
                insert.setString(1, "c");
                insert.executeUpdate();
                insert.setString(1, "d");
                insert.addBatch();
                insert.setString(1, "e");
                insert.addBatch();
                assertThat(insert.executeBatch()).containsExactly(1, 1);
                insert.setString(1, "f");
                assertThat(insert.executeUpdate()).isOne();
            }
            return null;
        });

        assertThat(database.select("SELECT id FROM account WHERE balance = 5 ORDER BY id"))
                .containsExactly("c", "d", "e", "f");
    }

    @Test
    void takesStreamsQuestionMarksAndNulls() {
        jdbc(connection -> {
            try (PreparedStatement update = connection.prepareStatement(
                    "UPDATE account SET email = convert_from(?, 'UTF8') WHERE '{\"x\": 1}'::jsonb ?? ? AND id = 'a'")) {
                update.setBinaryStream(1, new ByteArrayInputStream("text".getBytes(StandardCharsets.UTF_8)));
                update.setString(2, "x");
                assertThat(update.executeUpdate()).isOne();
            }
            try (PreparedStatement update =
                    connection.prepareStatement("UPDATE account SET email = ? WHERE id = 'b'")) {
                update.setNull(1, java.sql.Types.VARCHAR);
                assertThat(update.executeUpdate()).isOne();
            }
            return null;
        });

        assertThat(database.select("SELECT email FROM account ORDER BY id")).containsExactly("text", null);
    }

    @Test
    void leavesTextOfSeveralStatementsAndGeneratedKeysAsTheyAre() {
        jdbc(connection -> {
            try (PreparedStatement several = connection.prepareStatement(
                    "UPDATE account SET balance = 3 WHERE id = 'a'; SELECT balance FROM account WHERE id = 'a'")) {
                assertThat(several.execute()).isFalse();
                assertThat(several.getUpdateCount()).isOne();
                assertThat(several.getMoreResults()).isTrue();
                assertThat(strings(several.getResultSet())).containsExactly("3");
            }
            try (PreparedStatement keys = connection.prepareStatement(
                    "UPDATE account SET balance = 4 WHERE id = 'a'", Statement.RETURN_GENERATED_KEYS)) {
                assertThat(keys.executeUpdate()).isOne();
                assertThat(strings(keys.getGeneratedKeys())).hasSize(1);
            }
            try (PreparedStatement plain = connection.prepareStatement("UPDATE account SET balance = 5")) {
                assertThat(plain.execute()).isFalse();
                assertThat(plain.getUpdateCount()).isEqualTo(2);
                assertThat(plain.getMoreResults()).isFalse();
                assertThat(plain.getUpdateCount()).isEqualTo(-1);
            }
            return null;
        });
    }

    @Test
    void describesItselfWithoutBeingExecuted() {
        jdbc(connection -> {
            try (PreparedStatement update = connection.prepareStatement("UPDATE account SET balance = ?")) {
                assertThat(update.getParameterMetaData().getParameterCount()).isOne();
                update.setLong(1, 9);
                assertThat(update.executeUpdate()).isEqualTo(2);
                assertThat(Set.of(update)).contains(update);
                assertThat(update).isNotEqualTo(connection);
                assertThat(update.toString()).containsIgnoringCase("update account");
            }
            return null;
        });
    }

    @Test
    void failsAsItWouldAlone() {
        assertThatThrownBy(() -> jdbc(connection ->
                        update(connection, "INSERT INTO account (id, version, balance) VALUES ('a', 0, 0)")))
                .isInstanceOf(org.hibernate.exception.ConstraintViolationException.class);
    }

    @Test
    void isUnusableOnceItIsClosed() {
        jdbc(connection -> {
            PreparedStatement update = connection.prepareStatement("UPDATE account SET balance = 1");
            update.executeUpdate();
            update.close();
            update.close();
            assertThat(update.isClosed()).isTrue();
            assertThatThrownBy(update::executeUpdate).isInstanceOf(SQLException.class);
            PreparedStatement unused = connection.prepareStatement("UPDATE account SET balance = 1");
            unused.close();
            assertThatThrownBy(unused::executeUpdate).isInstanceOf(SQLException.class);
            return null;
        });
    }

    @Test
    void isPreparedOnTheServerLikeAnyOther() {
        String prepared =
                "SELECT statement FROM pg_prepared_statements WHERE statement LIKE 'UPDATE account SET balance%'";
        try (var pool = io.hexai.jpa.testing.TestFactory.pool(database.jdbcUrl(), 1);
                var factory = new org.hibernate.jpa.HibernatePersistenceConfiguration("one")
                        .managedClasses(Account.class)
                        .property("jakarta.persistence.nonJtaDataSource", pool)
                        .createEntityManagerFactory()) {
            unitOfWork = UnitOfWork.of(factory);
            for (int i = 0; i < 8; i++) {
                int balance = i;
                jdbc(connection -> {
                    try (PreparedStatement update = connection.prepareStatement("UPDATE account SET balance = ?")) {
                        update.setInt(1, balance);
                        return update.executeUpdate();
                    }
                });
            }

            List<?> statements =
                    unitOfWork.call(em -> em.createNativeQuery(prepared).getResultList());

            assertThat(statements).hasSize(1);
        }
    }

    private <T> T jdbc(ReturningWork<T> work) {
        return unitOfWork.call(em -> em.unwrap(Session.class).doReturningWork(work));
    }

    private static boolean knowsTheId(Connection connection) {
        return ((TransactionIdSeeker) connection).transactionIdExpression() == null;
    }

    private static int update(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            return statement.executeUpdate();
        }
    }

    private static List<String> strings(ResultSet rows) throws SQLException {
        List<String> strings = new ArrayList<>();
        while (rows.next()) {
            strings.add(rows.getString(1));
        }
        return strings;
    }
}
