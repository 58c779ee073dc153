package io.hexai.jpa.test;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;

@Entity
class Note {

    @Id
    private long id;

    private String longText;

    protected Note() {}

    Note(long id, String longText) {
        this.id = id;
        this.longText = longText;
    }

    String longText() {
        return longText;
    }

    void rewrite(String newText) {
        longText = newText;
    }
}
