package io.hexai.jpa.test.event;

import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.EventTypes;
import io.hexai.jpa.event.StoredEvent;
import io.hexai.jpa.event.StreamId;
import io.hexai.jpa.test.event.ShelfEvent.BookPut;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.EntityManagerFactory;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What the situations of the contract work with. */
abstract class EventStoreSituation {

    static final EventTypes TYPES = EventTypes.ofSealed(ShelfEvent.class);
    static final StreamId STREAM = StreamId.of("shelf", "a-1");

    final ExecutorService threads = Executors.newCachedThreadPool();
    UnitOfWork unitOfWork;
    EventStore store;
    private final EventStoreContract contract;

    EventStoreSituation(EventStoreContract contract) {
        this.contract = contract;
    }

    @BeforeEach
    void take() {
        unitOfWork = contract.unitOfWork;
        store = contract.store;
    }

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    EventStore newStore(EventTypes types) {
        EntityManagerFactory factory = unitOfWork.call(entityManager -> entityManager.getEntityManagerFactory());
        return contract.storeOf(UnitOfWork.of(factory), types);
    }

    List<Object> stored() {
        return payloads(store.fetch(0, 1_000).events());
    }

    static BookPut put(int number) {
        return new BookPut("a", number);
    }

    static List<BookPut> put(int from, int to) {
        return IntStream.rangeClosed(from, to)
                .mapToObj(EventStoreSituation::put)
                .toList();
    }

    static List<Object> payloads(List<StoredEvent> events) {
        return events.stream().map(StoredEvent::payload).toList();
    }
}
