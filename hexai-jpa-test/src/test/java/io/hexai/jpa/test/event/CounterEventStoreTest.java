package io.hexai.jpa.test.event;

import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.EventTypes;
import io.hexai.jpa.event.PositionStrategy;
import io.hexai.jpa.transaction.UnitOfWork;

class CounterEventStoreTest extends EventStoreContract {

    @Override
    EventStore storeOf(UnitOfWork unitOfWork, EventTypes types) {
        return EventStore.builder(unitOfWork)
                .types(types)
                .positionStrategy(PositionStrategy.COUNTER)
                .drainAggregates()
                .build();
    }
}
