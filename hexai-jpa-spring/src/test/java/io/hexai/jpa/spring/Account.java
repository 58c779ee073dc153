package io.hexai.jpa.spring;

import io.hexai.jpa.event.AggregateRoot;
import io.hexai.jpa.event.EventType;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Version;
import java.util.ArrayList;
import java.util.List;

/** An aggregate with a collection, and with events. */
@Entity
class Account extends AggregateRoot {

    @Id
    private String id;

    @Version
    private int version;

    private int balance;

    @ElementCollection
    private List<String> entries = new ArrayList<>();

    protected Account() {}

    Account(String id) {
        this.id = id;
    }

    String id() {
        return id;
    }

    int version() {
        return version;
    }

    int balance() {
        return balance;
    }

    List<String> entries() {
        return entries;
    }

    Account deposit(int amount) {
        balance += amount;
        entries.add("+" + amount);
        return this;
    }

    Account depositAndTell(int amount) {
        deposit(amount);
        raise(new Deposited(id, amount));
        return this;
    }

    @EventType("account.deposited")
    record Deposited(String account, int amount) {}
}
