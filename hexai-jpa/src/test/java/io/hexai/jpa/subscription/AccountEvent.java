package io.hexai.jpa.subscription;

import io.hexai.jpa.event.EventType;

/** Events of the tests. */
sealed interface AccountEvent {

    @EventType("account.deposited")
    record Deposited(String account, int amount) implements AccountEvent {}

    @EventType("account.withdrawn")
    record Withdrawn(String account, int amount) implements AccountEvent {}

    /** Nobody handles it but those who handle all. */
    @EventType("account.noted")
    record Noted(String text) implements AccountEvent {}
}
