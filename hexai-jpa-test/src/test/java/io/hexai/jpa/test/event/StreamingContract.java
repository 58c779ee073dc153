package io.hexai.jpa.test.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.hexai.jpa.event.StoredEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How every store is read from one position to its end. */
abstract class StreamingContract extends EventStoreSituation {

    StreamingContract(EventStoreContract contract) {
        super(contract);
    }

    @Test
    void readsEverythingAcrossBatches() {
        List<StoredEvent> events = store.storeAll(put(1, 25));

        try (Stream<StoredEvent> all = store.stream(events.get(4).position(), 10)) {
            assertThat(all.toList()).isEqualTo(events.subList(5, 25));
        }
    }

    @Test
    void canBeClosedEarly() {
        store.storeAll(put(1, 25));

        try (Stream<StoredEvent> all = store.stream(0, 5)) {
            assertThat(payloads(all.limit(7).toList())).isEqualTo(put(1, 7));
        }
    }

    @Test
    void endsWhereTheStoreEndedWhenItBegan() {
        store.storeAll(put(1, 4));

        try (Stream<StoredEvent> all = store.stream(0, 2)) {
            List<Object> seen = new ArrayList<>();
            all.forEach(event -> {
                seen.add(event.payload());
                store.store(put(100));
            });
            assertThat(seen).isEqualTo(put(1, 4));
        }
    }
}
