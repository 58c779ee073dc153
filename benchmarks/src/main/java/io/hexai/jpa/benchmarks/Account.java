package io.hexai.jpa.benchmarks;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;

/** What small units of work change. */
@Entity
@Table(name = "account")
class Account {

    @Id
    long id;

    @Version
    int version;

    String owner = "somebody";

    long cents;

    protected Account() {}

    Account(long id) {
        this.id = id;
    }
}
