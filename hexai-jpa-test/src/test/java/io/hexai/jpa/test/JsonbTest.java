package io.hexai.jpa.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares with the database itself. */
@PostgresTest(builtIn = false)
class JsonbTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "\"text with \\\"quotes\\\" and \\\\ and \\n\"",
                "[]",
                "{\"bb\":1,\"a\":2,\"ab\":3,\"\":4,\"B\":5,\"ä\":6,\"😀\":7}",
                "{\"a\":1,\"b\":2,\"a\":3}",
                "[1.10,1E+3,1e-3,0E+5,0.000,-0.0,1E-30,9223372036854775807,123456789012345678901234567890.5]",
                "{\"z\":[{\"yy\":true,\"y\":false}],\"a\":{}}"
            })
    void looksAsItComesOutOfTheDatabase(String json, Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT ?::jsonb::text")) {
            select.setString(1, json);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                String spaced = row.getString(1);
                assertThat(Jsonb.normalised(json))
                        .isEqualTo(spaced.replace(": ", ":").replace(", ", ","));
            }
        }
    }
}
