package io.hexai.jpa.test.event;

import io.hexai.jpa.event.EventType;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Events of the contract tests. */
sealed interface ShelfEvent {

    @EventType("shelf.book-put")
    record BookPut(String shelf, int number) implements ShelfEvent {}

    @EventType("shelf.book-sold")
    record BookSold(String shelf, BigDecimal price, Instant at, Optional<String> note) implements ShelfEvent {}

    @EventType(value = "shelf.inventory-taken", version = 3)
    record InventoryTaken(List<String> titles, Map<String, Integer> counts) implements ShelfEvent {}
}
