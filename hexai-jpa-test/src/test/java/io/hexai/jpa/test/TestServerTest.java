package io.hexai.jpa.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.database.DatabaseManager;
import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.test.ServerSource.Server;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TestServerTest {

    private static final String ABANDONED = "hexai_test_00c0ffee_1";

    @Test
    void isTakenOnceAndItsFailureIsKept() {
        AtomicInteger asked = new AtomicInteger();
        TestServer server = new TestServer(() -> {
            asked.incrementAndGet();
            throw new IllegalStateException("no server anywhere");
        });

        assertThatThrownBy(() -> server.createDatabase(null)).hasMessage("no server anywhere");
        assertThatThrownBy(() -> server.createDatabase(null))
                .hasMessageContaining("found before: no server anywhere")
                .hasRootCauseMessage("no server anywhere");
        assertThat(asked).hasValue(1);
    }

    @Test
    void dropsWhatKilledRunsLeftBehindAndNothingElse() {
        PostgresConfig config = SharedServer.config();
        try (DatabaseManager databases = DatabaseManager.of(config)) {
            PostgresConfig ofLiveRun = TestServer.ofThisJvm().createDatabase(null);
            List<String> strangers =
                    List.of("hexai_test_mine", "hexai_test_00c0ffee_1_backup", "HEXAI_TEST_00C0FFEE_1");
            strangers.forEach(databases::createDatabase);
            databases.createDatabase(ABANDONED);

            TestServer next = new TestServer(() -> new Server("a shared one", config, false));
            next.dropDatabase(next.createDatabase(null).database());

            assertThat(SharedServer.databases())
                    .contains(ofLiveRun.database())
                    .containsAll(strangers)
                    .doesNotContain(ABANDONED);
            strangers.forEach(databases::dropDatabase);
            databases.dropDatabase(ofLiveRun.database());
        }
    }

    @Test
    void dropsItsOwnDatabasesWhenTheJvmEndsWhileTheServerGoesOn() {
        PostgresConfig config = SharedServer.config();
        DatabaseManager databases = DatabaseManager.of(config);
        DatabaseOwner owner = DatabaseOwner.register(config);
        databases.createDatabase(owner.nameOf(1));
        databases.createDatabase(owner.nameOf(2));

        owner.close(databases);

        assertThat(SharedServer.databases()).doesNotContain(owner.nameOf(1), owner.nameOf(2));
    }
}
