package io.hexai.jpa.examples.modulepath;

import io.hexai.jpa.bootstrap.HexaiJpa;
import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.event.EventTypes;
import io.hexai.jpa.event.StoredEvent;
import io.hexai.jpa.query.Queries;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.UnitOfWork;
import java.io.PrintStream;
import java.util.List;

/**
 * The program: moves a parcel, once in vain, and prints where it is by the entity, by a query and by the events. The database is
 * the one that {@code PARCEL_DB_URL} names.
 */
final class ParcelDesk {

    private ParcelDesk() {}

    public static void main(String[] arguments) {
        System.out.println(HexaiJpa.class.getModule() + " and " + ParcelDesk.class.getModule());
        try (HexaiJpa jpa = open(PostgresConfig.fromEnv("PARCEL_DB"))) {
            run(jpa, System.out);
        }
    }

    static HexaiJpa open(PostgresConfig database) {
        return HexaiJpa.builder(database)
                .entities(Parcel.class)
                .events(EventTypes.of(ParcelMoved.class), events -> events.drainAggregates())
                .migrate("classpath:parcel-desk/changelog.xml")
                .build();
    }

    static void run(HexaiJpa jpa, PrintStream out) {
        UnitOfWork unitOfWork = jpa.unitOfWork();
        unitOfWork.run(em -> em.persist(new Parcel("parcel-1", "Bonn")));
        unitOfWork.run(em -> {
            Parcel parcel = em.find(Parcel.class, "parcel-1");
            parcel.moveTo("Trier");
            unitOfWork.with(Propagation.NESTED).run(() -> {
                parcel.moveTo("Atlantis");
                unitOfWork.current().preventCommit();
            });
            out.println("in memory: " + parcel.place());
        });
        List<Place> places = unitOfWork.call(() -> Queries.of(unitOfWork)
                .sql("SELECT id, place FROM parcel ORDER BY id")
                .list(Place.class));
        out.println("queried:   " + places);
        List<Object> told = jpa.eventStore().fetch(0, 10).events().stream()
                .map(StoredEvent::payload)
                .toList();
        out.println("told:      " + told);
    }

    private record Place(String id, String place) {}
}
