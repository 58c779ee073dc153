package io.hexai.jpa.test.guide;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;

@Entity
class Account {

    @Id
    String id;

    long balance;

    protected Account() {}

    Account(String id, long balance) {
        this.id = id;
        this.balance = balance;
    }
}
