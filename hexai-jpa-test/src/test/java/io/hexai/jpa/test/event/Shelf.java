package io.hexai.jpa.test.event;

import io.hexai.jpa.event.AggregateRoot;
import io.hexai.jpa.test.event.ShelfEvent.BookPut;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;

/** An entity of the contract tests that raises events. */
@Entity
class Shelf extends AggregateRoot {

    @Id
    private String id;

    private int books;

    protected Shelf() {}

    Shelf(String id) {
        this.id = id;
    }

    void put(int number) {
        books++;
        raise(new BookPut(id, number));
    }

    int books() {
        return books;
    }
}
