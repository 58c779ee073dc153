package io.hexai.jpa.event;

import io.hexai.jpa.event.OrderEvent.OrderPlaced;
import io.hexai.jpa.transaction.UnitOfWork;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** A database with event tables for each test class, empty before each test, and a store with positions of a sequence. */
abstract class EventStoreTests {

    static EventDatabase database;
    static UnitOfWork unitOfWork;
    static EventStore store;

    @BeforeAll
    static void open() {
        database = EventDatabase.create(OtherContextEvent.class, QuotedEvent.class, BillingEvent.class);
        unitOfWork = database.unitOfWork();
        store = builder().build();
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @BeforeEach
    void empty() {
        database.reset();
    }

    static EventStoreBuilder builder() {
        return EventStore.builder(unitOfWork).types(EventTypes.ofSealed(OrderEvent.class));
    }

    static EventStore store(PositionStrategy strategy) {
        return builder().positionStrategy(strategy).build();
    }

    static OrderPlaced placed(int number) {
        return new OrderPlaced("order-" + number, "customer-" + number);
    }

    static List<OrderPlaced> placed(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(EventStoreTests::placed).toList();
    }

    static List<Object> payloads(List<StoredEvent> events) {
        return events.stream().map(StoredEvent::payload).toList();
    }

    static List<Long> positions(EventPage page) {
        return page.events().stream().map(StoredEvent::position).toList();
    }
}
