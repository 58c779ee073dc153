package io.hexai.jpa.event.stress;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Version;

/** An entity that the writers change before and after they append. */
@Entity
class Touched {

    @Id
    int id;

    @Version
    int version;

    int times;

    protected Touched() {}

    Touched(int id) {
        this.id = id;
    }
}
