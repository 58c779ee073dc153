package io.hexai.jpa.event;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.util.ArrayList;
import java.util.List;

/** An entity of the tests that raises events in its own way. */
@Entity
class Parcel implements RaisesEvents {

    @Id
    String id;

    private transient List<Object> happened = new ArrayList<>();

    protected Parcel() {}

    Parcel(String id) {
        this.id = id;
    }

    void send() {
        happened.add(new Sent(id));
    }

    @Override
    public List<Object> drainEvents() {
        List<Object> drained = happened;
        happened = new ArrayList<>();
        return drained;
    }

    @EventType("parcel.sent")
    record Sent(String parcel) {}
}
