package io.hexai.jpa.examples.rest;

import io.hexai.jpa.event.EventType;

/** What is told of a repair. */
sealed interface RepairEvent {

    @EventType("workshop.repair-accepted")
    record Accepted(String task) implements RepairEvent {}

    @EventType("workshop.note-taken")
    record NoteTaken(String text) implements RepairEvent {}
}
