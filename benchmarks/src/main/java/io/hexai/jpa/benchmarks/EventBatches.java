package io.hexai.jpa.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.event.EventStore;
import jakarta.persistence.EntityManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.AvailableSettings;

/** Many events in one transaction, beside the ways of JDBC and of Hibernate to insert rows. */
final class EventBatches implements Contest {

    private static final String STORE = "EventStore.storeAll";
    private static final String UNNEST = "unnest by JDBC";
    private static final String COPY = "COPY by JDBC";
    private static final String BATCH = "rewritten batch by JDBC";
    private static final String PERSIST = "persist with batches";

    /** From so many events on, the library claims to be faster than Hibernate. */
    private static final int MANY = 100;

    private final EventDatabase database = new EventDatabase(2);
    private final EventStore store = database.store().build();
    private final HikariDataSource rewriting = database.database().pool(2);
    private final SessionFactory factory;
    private final List<OrderPlaced> events;

    private EventBatches(int size) throws SQLException {
        events = OrderPlaced.many(size);
        rewriting.addDataSourceProperty("reWriteBatchedInserts", "true");
        Map<String, Object> settings = new HashMap<>(EventDatabase.unchanged());
        settings.put(AvailableSettings.STATEMENT_BATCH_SIZE, PersistedEvent.ALLOCATION);
        settings.put(AvailableSettings.ORDER_INSERTS, true);
        factory = database.database().factory(rewriting, settings, PersistedEvent.class);
        database.execute("CREATE SEQUENCE " + PersistedEvent.SEQUENCE + " START 1000000000 INCREMENT "
                + PersistedEvent.ALLOCATION);
    }

    static List<Comparison> comparisons() {
        return Stream.of(10, 100, 1_000, 10_000).map(EventBatches::comparison).toList();
    }

    private static Comparison comparison(int size) {
        Comparison comparison = Comparison.of(
                        "event-batch-" + size,
                        size + " events in one call",
                        "events/s",
                        List.of(STORE, UNNEST, COPY, BATCH, PERSIST),
                        () -> new EventBatches(size))
                .withOperations(size)
                .claiming(Claim.rate(7, STORE, 0.8, UNNEST, COPY, BATCH));
        comparison = size < MANY ? comparison : comparison.claiming(Claim.rate(7, STORE, 1.2, PERSIST));
        return size == MANY ? comparison.guardedBy(Claim.client(7, STORE, 4, UNNEST)) : comparison;
    }

    @Override
    public Map<String, Operation> operations() {
        return Map.of(
                STORE, () -> store.storeAll(events),
                UNNEST, () -> EventInserts.unnest(database.pool(), events),
                COPY, () -> EventInserts.copy(database.pool(), events),
                BATCH, () -> EventInserts.batch(rewriting, events),
                PERSIST, this::persist);
    }

    /** Flushed and cleared as Hibernate's guide recommends for many entities. */
    private int persist() {
        try (EntityManager em = factory.createEntityManager()) {
            em.getTransaction().begin();
            int persisted = 0;
            for (OrderPlaced event : events) {
                em.persist(new PersistedEvent(event));
                if (++persisted % PersistedEvent.ALLOCATION == 0) {
                    em.flush();
                    em.clear();
                }
            }
            em.getTransaction().commit();
            return persisted;
        }
    }

    @Override
    public void beforeTurn(String contestant) throws SQLException {
        database.empty("hexai__events");
    }

    @Override
    public void close() throws SQLException {
        database.close();
    }
}
