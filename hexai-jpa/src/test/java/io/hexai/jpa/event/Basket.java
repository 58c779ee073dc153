package io.hexai.jpa.event;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Version;

/** An aggregate of the tests. */
@Entity
class Basket extends AggregateRoot {

    @Id
    String id;

    @Version
    int version;

    int items;

    protected Basket() {}

    Basket(String id) {
        this.id = id;
    }

    void put(int number) {
        items++;
        raise(new ItemPut(id, number));
    }

    @EventType("basket.item-put")
    record ItemPut(String basket, int number) {}
}
