package io.hexai.jpa.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityTransaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.axonframework.common.transaction.Transaction;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.GenericDomainEventMessage;
import org.axonframework.eventsourcing.eventstore.EventStorageEngine;
import org.axonframework.eventsourcing.eventstore.jpa.DomainEventEntry;
import org.axonframework.eventsourcing.eventstore.jpa.JpaEventStorageEngine;
import org.axonframework.eventsourcing.eventstore.jpa.SnapshotEventEntry;
import org.axonframework.serialization.json.JacksonSerializer;
import org.hibernate.cfg.AvailableSettings;

/** Axon's event storage by JPA: JSON by Jackson, inserts in rewritten batches, pages of the size that the other reader has. For one thread. */
final class AxonEngine {

    static final String TABLE = "domain_event_entry";

    private final EntityManager entityManager;
    private final EventStorageEngine engine;

    AxonEngine(Database database, int page) throws SQLException {
        HikariDataSource pool = database.pool(2);
        pool.addDataSourceProperty("reWriteBatchedInserts", "true");
        Map<String, Object> settings = new HashMap<>();
        settings.put(AvailableSettings.DIALECT, ByteaDialect.class.getName());
        settings.put(
                AvailableSettings.PHYSICAL_NAMING_STRATEGY,
                "org.hibernate.boot.model.naming.PhysicalNamingStrategySnakeCaseImpl");
        settings.put(AvailableSettings.STATEMENT_BATCH_SIZE, 50);
        settings.put(AvailableSettings.ORDER_INSERTS, true);
        entityManager = database.factory(pool, settings, DomainEventEntry.class, SnapshotEventEntry.class)
                .createEntityManager();
        JacksonSerializer json = JacksonSerializer.builder().build();
        engine = JpaEventStorageEngine.builder()
                .entityManagerProvider(() -> entityManager)
                .transactionManager(this::begin)
                .dataSource(pool)
                .eventSerializer(json)
                .snapshotSerializer(json)
                .batchSize(page)
                .build();
    }

    /** Appends the events of a new aggregate, in one transaction. */
    int append(List<OrderPlaced> payloads) {
        String aggregate = UUID.randomUUID().toString();
        List<DomainEventMessage<OrderPlaced>> events = new ArrayList<>(payloads.size());
        for (OrderPlaced payload : payloads) {
            events.add(new GenericDomainEventMessage<>("order", aggregate, events.size(), payload));
        }
        engine.appendEvents(events);
        return events.size();
    }

    /** Reads all events from the first one on, and returns how many have the right payload. */
    long read() {
        try (Stream<?> all = engine.readEvents(null, false)
                .filter(event -> event.getPayload() instanceof OrderPlaced
                        && !event.getIdentifier().isEmpty())) {
            return all.count();
        }
    }

    /** Afterwards nothing is managed any more, as if each transaction had an entity manager of its own. */
    private Transaction begin() {
        EntityTransaction transaction = entityManager.getTransaction();
        transaction.begin();
        return new Transaction() {
            @Override
            public void commit() {
                transaction.commit();
                entityManager.clear();
            }

            @Override
            public void rollback() {
                transaction.rollback();
                entityManager.clear();
            }
        };
    }
}
