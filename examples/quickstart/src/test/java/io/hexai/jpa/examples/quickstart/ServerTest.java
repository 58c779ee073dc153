package io.hexai.jpa.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.test.PostgresTest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

@PostgresTest(builtIn = false)
class ServerTest {

    @Test
    void isEmbeddedAndEndsWithTheRunUnlessOneIsNamed() throws Exception {
        String url;
        try (Server server = Server.open(null)) {
            url = server.config().toJdbcUrl();
            try (Connection connection = DriverManager.getConnection(url)) {
                assertThat(connection.isValid(5)).isTrue();
            }
        }

        assertThatExceptionOfType(SQLException.class).isThrownBy(() -> DriverManager.getConnection(url));
    }

    @Test
    void isTheOneThatWasNamedAndStaysWhenTheRunEnds(PostgresConfig named) throws Exception {
        try (Server server = Server.open(named)) {
            assertThat(server.config()).isEqualTo(named);
        }

        try (Connection connection = DriverManager.getConnection(named.toJdbcUrl())) {
            assertThat(connection.isValid(5)).isTrue();
        }
    }

    @Test
    void isRefusedWhenItHasNoSuchDatabase(PostgresConfig named) {
        assertThatExceptionOfType(UnusableSettingException.class)
                .isThrownBy(() -> Server.open(named.withDatabase("no_such_database")))
                .withMessageContaining("no_such_database");
    }
}
