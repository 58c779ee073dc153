package io.hexai.jpa.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.bootstrap.HexaiJpa;
import io.hexai.jpa.database.DatabaseOperationException;
import io.hexai.jpa.database.Migrations;
import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.EventType;
import io.hexai.jpa.event.EventTypes;
import io.hexai.jpa.event.ExpectedVersion;
import io.hexai.jpa.event.PositionStrategy;
import io.hexai.jpa.event.StreamId;
import io.hexai.jpa.query.Queries;
import io.hexai.jpa.query.QueryFailedException;
import io.hexai.jpa.subscription.EventSubscription;
import io.hexai.jpa.subscription.StartPosition;
import io.hexai.jpa.testing.TestPostgres;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.EntityManagerFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The library runs with the rights that {@code docs/guide/security.md} names, and with no others. */
class LeastPrivilegeTest {

    // region grants
    static final String GRANTS = """
            GRANT USAGE ON SCHEMA public TO app;
            GRANT SELECT, INSERT ON hexai__events TO app;
            GRANT SELECT, USAGE ON SEQUENCE hexai__events_position_seq TO app;
            GRANT SELECT, UPDATE ON hexai__event_position_counter TO app;
            GRANT SELECT, INSERT, UPDATE, DELETE
                ON hexai__subscriptions, hexai__checkpoints, hexai__dead_letters TO app
            """;
    // endregion

    @EventType("test.happened")
    record Happened(int number) {}

    private String url;
    private String role;
    private HikariDataSource pool;
    private EntityManagerFactory factory;
    private UnitOfWork unitOfWork;

    @BeforeEach
    void migrateAsTheOwnerAndConnectAsTheApplication() {
        url = TestPostgres.newDatabase();
        role = "app_" + url.replaceAll(".*/(\\w+).*", "$1");
        PostgresConfig owner = PostgresConfig.fromUrl(url);
        Migrations.runBuiltIn(owner);
        asOwner("CREATE ROLE " + role + " LOGIN PASSWORD 'app'; REVOKE CREATE ON SCHEMA public FROM PUBLIC; "
                + GRANTS.replace("TO app", "TO " + role));
        pool = owner.withUser(role).withPassword("app").withPoolSize(6).openDataSource();
        factory = new HibernatePersistenceConfiguration("least")
                .managedClasses(HexaiJpa.managedClasses())
                .property("jakarta.persistence.nonJtaDataSource", pool)
                .createEntityManagerFactory();
        unitOfWork = UnitOfWork.of(factory);
    }

    @AfterEach
    void dropTheRole() {
        factory.close();
        pool.close();
        asOwner("DROP OWNED BY " + role + "; DROP ROLE " + role);
        TestPostgres.dropDatabase(url);
    }

    @ParameterizedTest
    @EnumSource
    void sufficeToAppendAndRead(PositionStrategy strategy) {
        EventStore store = store(strategy);
        store.store(new Happened(1));
        store.storeAll(List.of(new Happened(2), new Happened(3)));
        store.append(StreamId.of("thing", "1"), ExpectedVersion.noStream(), List.of(new Happened(4)));
        unitOfWork.run(() -> {
            store.store(new Happened(5));
            assertThatThrownBy(() -> unitOfWork.with(Propagation.NESTED).run(() -> {
                        store.store(new Happened(6));
                        throw new IllegalStateException("refused");
                    }))
                    .hasMessage("refused");
        });
        assertThat(store.fetch(0, 10).events()).hasSize(5);
        assertThat(store.readStream(StreamId.of("thing", "1"))).hasSize(1);
        assertThat(store.lastPosition()).isPositive();
    }

    @Test
    void sufficeToFollow() {
        EventStore store = store(PositionStrategy.SEQUENCE);
        AtomicInteger seen = new AtomicInteger();
        try (EventSubscription subscription = EventSubscription.builder(store, "least")
                .startAt(StartPosition.beginning())
                .on(Happened.class, (happened, event) -> seen.addAndGet(happened.number()))
                .build()) {
            subscription.start();
            store.storeAll(List.of(new Happened(1), new Happened(2)));
            subscription.awaitCaughtUp(Duration.ofSeconds(20));
        }
        assertThat(seen).hasValue(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE hexai__events SET message_type = 'x'",
                "DELETE FROM hexai__events",
                "TRUNCATE hexai__events",
                "ALTER TABLE hexai__events DISABLE TRIGGER ALL",
                "DROP TRIGGER hexai__append_only ON hexai__events",
                "DROP TABLE hexai__events",
                "SET session_replication_role = replica",
                "CREATE OR REPLACE FUNCTION hexai__refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
                        + " 'BEGIN RETURN NEW; END'",
                "CREATE TABLE mine ()",
                "ALTER SEQUENCE hexai__events_position_seq RESTART",
                "SELECT setval('hexai__events_position_seq', 1)"
            })
    void doNotSufficeToUndoWhatIsAppended(String sql) {
        store(PositionStrategy.SEQUENCE).store(new Happened(1));
        assertThatThrownBy(() ->
                        unitOfWork.run(() -> Queries.of(unitOfWork).sql(sql).execute()))
                .isInstanceOf(QueryFailedException.class)
                .rootCause()
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
    }

    @Test
    void doNotSufficeToMigrate() {
        assertThatThrownBy(() -> Migrations.runBuiltIn(pool)).isInstanceOf(DatabaseOperationException.class);
    }

    private EventStore store(PositionStrategy strategy) {
        return EventStore.builder(unitOfWork)
                .types(EventTypes.of(Happened.class))
                .positionStrategy(strategy)
                .build();
    }

    private void asOwner(String sql) {
        try (Connection connection = TestPostgres.connect(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
