package io.hexai.jpa.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.event.OrderEvent.OrderPlaced;
import io.hexai.jpa.testing.TcpProxy;
import io.hexai.jpa.testing.TcpProxy.Fate;
import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.transaction.CommitAbortedException;
import io.hexai.jpa.transaction.UnitOfWork;
import java.util.List;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An append brings the transaction's id along, so that the server can be asked about a COMMIT whose answer was lost. */
class LostCommitOfAppendsTest {

    private static EventDatabase database;
    private static TcpProxy proxy;
    private static HikariDataSource pool;
    private static SessionFactory factory;

    @BeforeAll
    static void open() {
        database = EventDatabase.create();
        proxy = TcpProxy.before(database.jdbcUrl());
        pool = TestFactory.pool(proxy.jdbcUrl(), 2);
        factory = new HibernatePersistenceConfiguration("proxied")
                .managedClasses(HexaiEvent.class)
                .property(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, pool)
                .createEntityManagerFactory();
    }

    @AfterAll
    static void close() {
        factory.close();
        pool.close();
        proxy.close();
        database.close();
    }

    @BeforeEach
    void empty() {
        database.reset();
    }

    @ParameterizedTest
    @CsvSource({"SEQUENCE, false", "SEQUENCE, true", "COUNTER, false", "COUNTER, true"})
    void isResolved(PositionStrategy strategy, boolean toAStream) {
        EventStore store = EventStore.builder(UnitOfWork.of(factory))
                .types(EventTypes.ofSealed(OrderEvent.class))
                .positionStrategy(strategy)
                .build();

        proxy.nextCommit(Fate.ANSWER_LOST);
        append(store, toAStream);
        proxy.nextCommit(Fate.LOST_BEFORE);
        assertThatThrownBy(() -> append(store, toAStream)).isInstanceOf(CommitAbortedException.class);

        assertThat(database.select("SELECT count(*) FROM hexai__events")).containsExactly(1L);
    }

    private static void append(EventStore store, boolean toAStream) {
        OrderPlaced event = new OrderPlaced("order-1", "customer");
        if (toAStream) {
            store.append(StreamId.of("order", "1"), ExpectedVersion.any(), List.of(event));
        } else {
            store.store(event);
        }
    }
}
