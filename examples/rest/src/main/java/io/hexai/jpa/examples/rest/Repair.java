package io.hexai.jpa.examples.rest;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Version;

/** What is to be done to a bicycle, and how long it took. */
@Entity
class Repair {

    @Id
    private String id;

    @Version
    private int version;

    private String task;

    private int minutes;

    protected Repair() {}

    Repair(String id, String task) {
        this.id = id;
        this.task = task;
    }

    int version() {
        return version;
    }

    void changeTask(String newTask) {
        task = newTask;
    }

    void work(int moreMinutes) {
        minutes += moreMinutes;
    }

    RepairDocument document() {
        return new RepairDocument(id, task, minutes);
    }
}
