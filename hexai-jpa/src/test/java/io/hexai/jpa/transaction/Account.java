package io.hexai.jpa.transaction;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Version;

@Entity
class Account {

    @Id
    String id;

    @Version
    int version;

    long balance;

    @Column(unique = true)
    String email;

    protected Account() {}

    Account(String id, long balance) {
        this.id = id;
        this.balance = balance;
    }
}
