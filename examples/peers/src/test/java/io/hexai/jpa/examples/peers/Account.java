package io.hexai.jpa.examples.peers;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Version;

@Entity
class Account {

    @Id
    String id;

    String status = "open";

    int points;

    @Version
    int version;

    protected Account() {}

    Account(String id) {
        this.id = id;
    }
}
