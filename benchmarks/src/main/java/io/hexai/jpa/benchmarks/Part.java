package io.hexai.jpa.benchmarks;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import org.hibernate.SessionFactory;

/** One of many that a transaction manages. */
@Entity
@Table(name = "managed_part")
class Part {

    @Id
    long id;

    @Version
    int version;

    String name = "";
    String place = "";
    long quantity;

    protected Part() {}

    Part(long id) {
        this.id = id;
        this.name = "part " + id;
        this.place = "shelf " + id % 10;
    }

    static void persist(SessionFactory factory, int count) {
        factory.inTransaction(session -> {
            for (long id = 0; id < count; id++) {
                session.persist(new Part(id));
            }
        });
    }
}
