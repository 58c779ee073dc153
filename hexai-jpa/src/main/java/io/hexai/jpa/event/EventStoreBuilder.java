package io.hexai.jpa.event;

import io.hexai.jpa.transaction.TransactionOptions;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.EntityManagerFactory;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import tools.jackson.databind.json.JsonMapper;

/** Builds an {@link EventStore}. Not thread-safe. */
public final class EventStoreBuilder {

    private final UnitOfWork unitOfWork;
    private EventTypes types = EventTypes.of();
    private Class<? extends EventEntity> entity = HexaiEvent.class;
    private PositionStrategy positionStrategy = PositionStrategy.SEQUENCE;
    private JsonMapper mapper = defaultMapper().build();
    private Clock clock = Clock.systemUTC();
    private boolean drainAggregates;
    private final List<Consumer<? super List<StoredEvent>>> drainedObservers = new ArrayList<>();

    EventStoreBuilder(UnitOfWork unitOfWork) {
        this.unitOfWork = Objects.requireNonNull(unitOfWork, "unitOfWork");
    }

    /**
     * Returns the configuration of Jackson that a store uses unless it is given another: times as ISO-8601 text, decimal
     * numbers exact.
     *
     * @return a new builder, to be changed and passed to {@link #mapper(JsonMapper)}
     */
    public static JsonMapper.Builder defaultMapper() {
        return EventMapper.builder();
    }

    /**
     * Sets the event classes that the store writes and reads.
     *
     * @param eventTypes by default none: all events are then read as JSON
     * @return this builder
     */
    public EventStoreBuilder types(EventTypes eventTypes) {
        this.types = Objects.requireNonNull(eventTypes, "types");
        return this;
    }

    /**
     * Sets the entity whose table holds the events.
     *
     * @param eventEntity by default {@link HexaiEvent}, the table {@code hexai__events}
     * @return this builder
     */
    public EventStoreBuilder entity(Class<? extends EventEntity> eventEntity) {
        this.entity = Objects.requireNonNull(eventEntity, "entity");
        return this;
    }

    /**
     * Sets how positions are given; all programs that write the table must use the same.
     *
     * @param strategy by default {@link PositionStrategy#SEQUENCE}
     * @return this builder
     */
    public EventStoreBuilder positionStrategy(PositionStrategy strategy) {
        this.positionStrategy = Objects.requireNonNull(strategy, "positionStrategy");
        return this;
    }

    /**
     * Sets how payloads are written as JSON and read; headers are not affected.
     *
     * @param jsonMapper by default that of {@link #defaultMapper()}
     * @return this builder
     */
    public EventStoreBuilder mapper(JsonMapper jsonMapper) {
        this.mapper = Objects.requireNonNull(jsonMapper, "mapper");
        return this;
    }

    /**
     * Sets the clock of the messages that the store makes around payloads.
     *
     * @param newClock by default the system's
     * @return this builder
     */
    public EventStoreBuilder clock(Clock newClock) {
        this.clock = Objects.requireNonNull(newClock, "clock");
        return this;
    }

    /**
     * Stores, before each commit, the events of all managed and removed entities that implement {@link RaisesEvents}, and
     * of the domain objects that mapped repositories follow: in the same transaction, those of {@link AggregateRoot}s in the order in which they were raised, repeated until none is
     * left. Events of a nested scope that rolled back are not stored. At most one store of a unit of work may do so.
     *
     * <p>Events that an entity has raised without being flushed before {@code EntityManager.clear()} are lost with it.
     *
     * @return this builder
     */
    public EventStoreBuilder drainAggregates() {
        this.drainAggregates = true;
        return this;
    }

    /**
     * Drains aggregates, and tells an observer what was stored.
     *
     * @param observer called with each round of stored events, inside the transaction; its failure rolls back, and the
     *     events that it raises in entities are stored in a further round
     * @return this builder
     */
    public EventStoreBuilder drainAggregates(Consumer<? super List<StoredEvent>> observer) {
        drainedObservers.add(Objects.requireNonNull(observer, "observer"));
        return drainAggregates();
    }

    /**
     * Creates the store. It borrows no connection.
     *
     * @return the store
     * @throws IllegalArgumentException if the entity is not part of the persistence unit; the message names it
     */
    public EventStore build() {
        EntityManagerFactory factory = unitOfWork
                .with(TransactionOptions.defaults())
                .call(entityManager -> entityManager.getEntityManagerFactory());
        EventTable table = EventTable.of(factory, entity);
        EventJson json = new EventJson(mapper, types);
        EventStore store = new JpaEventStore(
                unitOfWork,
                new EventWriter(table, positionStrategy),
                new EventReader(table, positionStrategy, json),
                json,
                clock);
        if (drainAggregates) {
            AggregateDrain.attach(
                    unitOfWork, factory.unwrap(SessionFactoryImplementor.class), store, List.copyOf(drainedObservers));
        }
        return store;
    }
}
