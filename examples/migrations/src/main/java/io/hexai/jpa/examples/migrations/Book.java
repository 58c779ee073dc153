package io.hexai.jpa.examples.migrations;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Version;
import org.jspecify.annotations.Nullable;

/** Something to be lent. */
@Entity
class Book {

    @Id
    private String isbn;

    @Version
    private int version;

    @Column(nullable = false)
    private String title;

    private @Nullable String lentTo;

    protected Book() {}

    Book(String isbn, String title) {
        this.isbn = isbn;
        this.title = title;
    }

    void lendTo(String reader) {
        lentTo = reader;
    }

    @Override
    public String toString() {
        return title + " (" + isbn + "), " + (lentTo == null ? "not lent" : "lent to " + lentTo);
    }
}
