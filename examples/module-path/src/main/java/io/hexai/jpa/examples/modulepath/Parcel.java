package io.hexai.jpa.examples.modulepath;

import io.hexai.jpa.event.AggregateRoot;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Version;

/** A parcel on its way, which raises the events of its life. */
@Entity
class Parcel extends AggregateRoot {

    @Id
    private String id;

    private String place;

    @Version
    private int version;

    Parcel() {}

    Parcel(String id, String place) {
        this.id = id;
        this.place = place;
    }

    void moveTo(String next) {
        place = next;
        raise(new ParcelMoved(id, next));
    }

    String place() {
        return place;
    }
}
