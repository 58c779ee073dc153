package io.hexai.jpa.test;

import io.hexai.jpa.event.AggregateDrain;
import io.hexai.jpa.event.EventCodec;
import io.hexai.jpa.event.EventStoreBuilder;
import io.hexai.jpa.event.EventTypes;
import io.hexai.jpa.transaction.UnitOfWork;
import java.time.Clock;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Builds an {@link InMemoryEventStore}. Not thread-safe. */
public final class InMemoryEventStoreBuilder {

    private EventTypes types = EventTypes.of();
    private JsonMapper mapper = EventStoreBuilder.defaultMapper().build();
    private Clock clock = Clock.systemUTC();
    private @Nullable UnitOfWork unitOfWork;
    private boolean drainAggregates;

    InMemoryEventStoreBuilder() {}

    /**
     * Sets the event classes that the store writes and reads.
     *
     * @param eventTypes by default none: all events are then read as JSON
     * @return this builder
     */
    public InMemoryEventStoreBuilder types(EventTypes eventTypes) {
        this.types = Objects.requireNonNull(eventTypes, "types");
        return this;
    }

    /**
     * Sets what the store's appends join: they become visible to others when it commits.
     *
     * @param joined by default none: each call is a transaction
     * @return this builder
     */
    public InMemoryEventStoreBuilder unitOfWork(UnitOfWork joined) {
        this.unitOfWork = Objects.requireNonNull(joined, "unitOfWork");
        return this;
    }

    /**
     * Stores, before each commit of the unit of work, the events that its entities have raised, as
     * {@link EventStoreBuilder#drainAggregates()} does.
     *
     * @return this builder
     */
    public InMemoryEventStoreBuilder drainAggregates() {
        this.drainAggregates = true;
        return this;
    }

    /**
     * Sets how payloads are written as JSON and read.
     *
     * @param jsonMapper by default that of {@link EventStoreBuilder#defaultMapper()}
     * @return this builder
     */
    public InMemoryEventStoreBuilder mapper(JsonMapper jsonMapper) {
        this.mapper = Objects.requireNonNull(jsonMapper, "mapper");
        return this;
    }

    /**
     * Sets the clock of the messages that the store makes around payloads.
     *
     * @param newClock by default the system's
     * @return this builder
     */
    public InMemoryEventStoreBuilder clock(Clock newClock) {
        this.clock = Objects.requireNonNull(newClock, "clock");
        return this;
    }

    /**
     * Creates the store, which is empty.
     *
     * @return the store
     * @throws IllegalStateException if it is to drain aggregates and has no unit of work
     */
    public InMemoryEventStore build() {
        InMemoryEventStore store = new InMemoryEventStore(EventCodec.of(types, mapper, clock), unitOfWork);
        if (drainAggregates) {
            if (unitOfWork == null) {
                throw new IllegalStateException(
                        "A store that drains aggregates has to know whose: name the unit of work with unitOfWork(…).");
            }
            AggregateDrain.attach(unitOfWork, store);
        }
        return store;
    }
}
