package io.hexai.jpa.subscription;

import io.hexai.jpa.event.AggregateRoot;
import io.hexai.jpa.subscription.AccountEvent.Deposited;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;

/** An aggregate that raises events of accounts. */
@Entity
class Teller extends AggregateRoot {

    @Id
    private String name;

    protected Teller() {}

    Teller(String name) {
        this.name = name;
    }

    void deposit(String account, int amount) {
        raise(new Deposited(account, amount));
    }
}
