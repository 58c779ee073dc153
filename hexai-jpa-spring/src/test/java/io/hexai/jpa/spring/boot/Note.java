package io.hexai.jpa.spring.boot;

import io.hexai.jpa.event.AggregateRoot;
import io.hexai.jpa.event.EventType;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;

@Entity
class Note extends AggregateRoot {

    @Id
    private String id;

    protected Note() {}

    Note(String id) {
        this.id = id;
        raise(new Taken(id));
    }

    @EventType("note.taken")
    record Taken(String id) {}
}
