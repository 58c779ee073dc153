package io.hexai.jpa.test.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.hexai.jpa.event.EventMessage;
import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.EventStoreBuilder;
import io.hexai.jpa.event.EventTypes;
import io.hexai.jpa.event.StoredEvent;
import io.hexai.jpa.event.UnreadableEventException;
import io.hexai.jpa.event.UnregisteredEventException;
import io.hexai.jpa.event.UnstorableEventException;
import io.hexai.jpa.test.event.ShelfEvent.BookPut;
import io.hexai.jpa.test.event.ShelfEvent.BookSold;
import io.hexai.jpa.test.event.ShelfEvent.InventoryTaken;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** How payloads of all kinds come back. */
abstract class TypesContract extends EventStoreSituation {

    TypesContract(EventStoreContract contract) {
        super(contract);
    }

    @Test
    void areReadAsTheyWereWritten() {
        BookSold sold = new BookSold(
                "ünï \"quoted\" \\ 😀",
                new BigDecimal("1.10"),
                Instant.parse("2026-11-22T10:11:12.123456789Z"),
                Optional.of("x"));
        BookSold odd = new BookSold("", new BigDecimal("1E+3"), Instant.MIN, Optional.empty());
        InventoryTaken inventory = new InventoryTaken(List.of("a", "b"), Map.of("bb", 2, "a", 1));

        store.storeAll(List.of(sold, odd, inventory));

        List<StoredEvent> events = store.fetch(0, 10).events();
        assertThat(payloads(events)).containsExactly(sold, odd, inventory);
        assertThat(events.get(0).payloadAs(ShelfEvent.class)).contains(sold);
        assertThat(events.get(0).payloadAs(BookPut.class)).isEmpty();
        assertThat(events.get(2).message().schemaVersion()).isEqualTo(3);
    }

    @Test
    void areJsonIfTheyAreNotRegistered() {
        ObjectNode json = json("{\"bb\": 1.50, \"a\": [1E+3, null]}");

        store.store(EventMessage.ofJson("elsewhere.happened", 2, json).withHeader("tags", List.of("a", 1)));

        StoredEvent event = store.fetch(0, 10).events().get(0);
        assertThat(event.type()).isEqualTo("elsewhere.happened");
        assertThat(event.payload())
                .as("as jsonb keeps it")
                .asInstanceOf(type(JsonNode.class))
                .hasToString("{\"a\":[1000,null],\"bb\":1.50}");
        assertThat(event.message().schemaVersion()).isEqualTo(2);
        assertThat(event.message().ownHeaders()).containsEntry("tags", List.of("a", 1));
    }

    @Test
    void areRefusedIfTheyCannotBeStored() {
        record Stranger() {}

        unitOfWork.run(() -> {
            assertThatThrownBy(() -> store.store(new BookSold("\u0000", BigDecimal.ONE, Instant.EPOCH, null)))
                    .isInstanceOf(UnstorableEventException.class)
                    .hasMessageContaining("U+0000");
            assertThatThrownBy(() -> newStore(EventTypes.of()).store(put(1)))
                    .isInstanceOf(UnregisteredEventException.class);
            assertThatThrownBy(() -> store.store(new Stranger())).isInstanceOf(IllegalArgumentException.class);
            store.store(put(1));
        });

        assertThat(stored()).containsExactly(put(1));
    }

    @Test
    void areLiftedByAChainOfUpcasters() {
        EventTypes upcasting = TYPES.withUpcaster(
                        InventoryTaken.class, 1, json -> ((ObjectNode) json).set("titles", json.get("books")))
                .withUpcaster(InventoryTaken.class, 2, json -> {
                    ((ObjectNode) json).remove("books");
                    ((ObjectNode) json).putObject("counts");
                    return json;
                });
        EventStore upcastingStore = newStore(upcasting);

        upcastingStore.store(EventMessage.ofJson("shelf.inventory-taken", 1, json("{\"books\": [\"a\"]}")));
        upcastingStore.store(EventMessage.ofJson("shelf.inventory-taken", 1, json("{\"books\": 7}")));

        List<StoredEvent> events = upcastingStore.fetch(0, 10).events();
        assertThat(events.get(0).payload()).isEqualTo(new InventoryTaken(List.of("a"), Map.of()));
        assertThatThrownBy(() -> events.get(1).payload())
                .asInstanceOf(type(UnreadableEventException.class))
                .satisfies(e -> assertThat(e.position()).isEqualTo(events.get(1).position()));
    }

    private static ObjectNode json(String text) {
        return (ObjectNode) EventStoreBuilder.defaultMapper().build().readTree(text);
    }
}
