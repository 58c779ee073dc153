package io.hexai.jpa.repository;

import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;

/** An entity with a composite identifier and no version. */
@Entity
class Seat {

    @EmbeddedId
    Number number;

    String guest = "nobody";

    protected Seat() {}

    Seat(Number number) {
        this.number = number;
    }

    record Number(String row, int place) {}
}
