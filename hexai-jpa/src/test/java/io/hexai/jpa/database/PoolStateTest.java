package io.hexai.jpa.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.testing.TestPostgres;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PoolStateTest {

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

    @Test
    void tellsWhatIsInUseAndWhoWaits() throws Exception {
        try (HikariDataSource pool = config.withPoolSize(1)
                .withConnectionTimeout(Duration.ofMinutes(1))
                .openDataSource()) {
            assertThat(PoolState.of(pool)).isEqualTo(new PoolState(0, 0, 0, 0));

            CompletableFuture<Void> waiter;
            try (Connection only = pool.getConnection()) {
                assertThat(only.isValid(5)).isTrue();
                assertThat(PoolState.of(pool)).isEqualTo(new PoolState(1, 1, 0, 0));
                waiter = CompletableFuture.runAsync(() -> borrow(pool));
                await().atMost(Duration.ofSeconds(30))
                        .untilAsserted(() -> assertThat(PoolState.of(pool)).isEqualTo(new PoolState(1, 1, 0, 1)));
            }
            waiter.get(30, TimeUnit.SECONDS);

            assertThat(PoolState.of(pool)).isEqualTo(new PoolState(1, 0, 1, 0));
        }
    }

    private static void borrow(DataSource pool) {
        try (Connection connection = pool.getConnection()) {
            assertThat(connection.isValid(5)).isTrue();
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void looksThroughAWrapper() {
        try (HikariDataSource pool = config.openDataSource()) {
            DataSource wrapper = (DataSource) Proxy.newProxyInstance(
                    getClass().getClassLoader(),
                    new Class<?>[] {DataSource.class},
                    (proxy, method, arguments) -> method.invoke(pool, arguments));

            assertThat(PoolState.of(wrapper)).isEqualTo(new PoolState(0, 0, 0, 0));
        }
    }

    @Test
    void tellsThatAClosedPoolHoldsNothing() throws Exception {
        HikariDataSource pool = config.openDataSource();
        pool.getConnection().close();
        pool.close();

        assertThat(PoolState.of(pool).active()).isZero();
        assertThat(PoolState.of(new HikariDataSource())).isEqualTo(new PoolState(0, 0, 0, 0));
    }

    @Test
    void refusesADataSourceWithoutAPool() {
        assertThatThrownBy(() -> PoolState.of(new DriverDataSource(config)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("DriverDataSource");
    }
}
