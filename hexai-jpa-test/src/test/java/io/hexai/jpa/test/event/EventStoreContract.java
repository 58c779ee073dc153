package io.hexai.jpa.test.event;

import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.EventTypes;
import io.hexai.jpa.test.PostgresTest;
import io.hexai.jpa.test.TestIsolation;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.EntityManagerFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;

/**
 * What every event store must do, whatever it keeps its events in and however it gives positions, by situation. A store has no way
 * to be excused from a test.
 */
@PostgresTest(entities = Shelf.class, isolation = TestIsolation.TRUNCATE)
abstract class EventStoreContract {

    UnitOfWork unitOfWork;
    EventStore store;

    /** An empty store that joins the unit of work, and drains its aggregates. */
    abstract EventStore storeOf(UnitOfWork unitOfWork, EventTypes types);

    @BeforeEach
    void open(EntityManagerFactory factory) {
        unitOfWork = UnitOfWork.of(factory);
        store = storeOf(unitOfWork, EventStoreSituation.TYPES);
    }

    @Nested
    class Storing extends StoringContract {
        Storing() {
            super(EventStoreContract.this);
        }
    }

    @Nested
    class InAUnitOfWork extends UnitOfWorkContract {
        InAUnitOfWork() {
            super(EventStoreContract.this);
        }
    }

    @Nested
    class Fetching extends FetchingContract {
        Fetching() {
            super(EventStoreContract.this);
        }
    }

    @Nested
    class Filtering extends FilteringContract {
        Filtering() {
            super(EventStoreContract.this);
        }
    }

    @Nested
    class Streaming extends StreamingContract {
        Streaming() {
            super(EventStoreContract.this);
        }
    }

    @Nested
    class Streams extends StreamsContract {
        Streams() {
            super(EventStoreContract.this);
        }
    }

    @Nested
    class Types extends TypesContract {
        Types() {
            super(EventStoreContract.this);
        }
    }

    @Nested
    class Causation extends CausationContract {
        Causation() {
            super(EventStoreContract.this);
        }
    }

    @Nested
    class Draining extends DrainingContract {
        Draining() {
            super(EventStoreContract.this);
        }
    }
}
