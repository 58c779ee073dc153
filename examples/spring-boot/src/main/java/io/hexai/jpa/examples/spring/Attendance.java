package io.hexai.jpa.examples.spring;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;

/** A read model: how many seats of a show are taken. */
@Entity
class Attendance {

    @Id
    private String show;

    private int seats;

    @SuppressWarnings("NullAway.Init")
    protected Attendance() {}

    Attendance(String show) {
        this.show = show;
    }

    int seats() {
        return seats;
    }

    void add(int more) {
        seats += more;
    }
}
