package io.hexai.jpa.benchmarks;

import io.hexai.jpa.repository.MappedRepository;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Id;
import jakarta.persistence.Version;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.AvailableSettings;

/** A unit of work that loads a thousand domain objects and changes ten: the repository beside mapping and merging by hand. */
final class MappedDomain implements Contest {

    private static final String REPOSITORY = "MappedRepository";
    private static final String MERGE = "mapping by hand, merge of the ten";
    private static final String MERGE_ALL = "mapping by hand, merge of all";
    private static final int LOADED = 1_000;
    private static final int CHANGED = 10;
    private static final String ALL = "from PartRow order by id";

    /** Knows nothing of persistence. */
    static final class Part {
        private final long id;
        private final String name;
        private final String place;
        private long quantity;

        Part(long id, String name, String place, long quantity) {
            this.id = id;
            this.name = name;
            this.place = place;
            this.quantity = quantity;
        }

        void take() {
            quantity--;
        }
    }

    @Entity(name = "PartRow")
    static class PartRow {
        @Id
        long id;

        @Version
        int version;

        String name;
        String place;
        long quantity;
    }

    static final class Parts extends MappedRepository<Part, PartRow, Long> {
        Parts(UnitOfWork unitOfWork) {
            super(unitOfWork, PartRow.class);
        }

        List<Part> all() {
            return trackAll(entityManager().createQuery(ALL, PartRow.class).getResultList());
        }

        @Override
        protected Part toDomain(PartRow row) {
            return map(row);
        }

        @Override
        protected void copyTo(Part part, PartRow row) {
            copy(part, row);
        }

        @Override
        protected PartRow newEntity() {
            return new PartRow();
        }

        @Override
        protected Long identity(Part part) {
            return part.id;
        }
    }

    private final Database database = new Database();
    private final SessionFactory factory =
            database.factory(database.pool(2), Map.of(AvailableSettings.STATEMENT_BATCH_SIZE, 50), PartRow.class);
    private final UnitOfWork unitOfWork = UnitOfWork.of(factory);
    private final Parts parts = new Parts(unitOfWork);
    private final LongAdder units = new LongAdder();

    private MappedDomain() throws SQLException {
        unitOfWork.run(() -> {
            for (long id = 0; id < LOADED; id++) {
                parts.add(new Part(id, "part " + id, "shelf " + id % 10, Long.MAX_VALUE));
            }
        });
    }

    static Comparison comparison() {
        return Comparison.of(
                        "mapped-domain",
                        LOADED + " domain objects loaded, " + CHANGED + " changed",
                        "units/s",
                        List.of(REPOSITORY, MERGE, MERGE_ALL),
                        MappedDomain::new)
                .claiming(Claim.rate(14, REPOSITORY, 1.0, MERGE))
                .claiming(Claim.rate(14, REPOSITORY, 1.0, MERGE_ALL))
                .claiming(Claim.roundTripsMore(14, REPOSITORY, 0.05, MERGE))
                .guardedBy(Claim.bytesMore(14, REPOSITORY, 500_000, MERGE));
    }

    @Override
    public Map<String, Operation> operations() {
        return Map.of(
                REPOSITORY, () -> counted(unitOfWork.call(this::byRepository)),
                MERGE, () -> counted(ByHand.inTransaction(factory, em -> byHand(em, false))),
                MERGE_ALL, () -> counted(ByHand.inTransaction(factory, em -> byHand(em, true))));
    }

    private int counted(int loaded) {
        units.increment();
        return loaded;
    }

    /** No call to save: the repository has to find the ten among the thousand. */
    private int byRepository() {
        List<Part> all = parts.all();
        changed(all).forEach(Part::take);
        return all.size();
    }

    /** By code that knows which ten it has to save; or that saves all that it has read, as it does not know either. */
    private static int byHand(EntityManager em, boolean saveAll) {
        List<Part> all = new ArrayList<>(LOADED);
        List<Integer> versions = new ArrayList<>(LOADED);
        for (PartRow row : em.createQuery(ALL, PartRow.class).getResultList()) {
            all.add(map(row));
            versions.add(row.version);
        }
        List<Part> changed = changed(all);
        changed.forEach(Part::take);
        for (Part part : saveAll ? all : changed) {
            merge(em, part, versions.get((int) part.id));
        }
        return all.size();
    }

    private static void merge(EntityManager em, Part part, int version) {
        PartRow row = new PartRow();
        copy(part, row);
        row.version = version;
        em.merge(row);
    }

    private static Part map(PartRow row) {
        return new Part(row.id, row.name, row.place, row.quantity);
    }

    private static void copy(Part part, PartRow row) {
        row.id = part.id;
        row.name = part.name;
        row.place = part.place;
        row.quantity = part.quantity;
    }

    private static List<Part> changed(List<Part> all) {
        List<Part> changed = new ArrayList<>(CHANGED);
        for (int i = 0; i < LOADED; i += LOADED / CHANGED) {
            changed.add(all.get(i));
        }
        return changed;
    }

    /** Ten rows have got a new version for each unit of work, no more and no less. */
    @Override
    public void afterTurn(String contestant) {
        long changes = factory.fromTransaction(
                session -> session.createSelectionQuery("select sum(version) from PartRow", Long.class)
                        .getSingleResult());
        if (changes != CHANGED * units.sum()) {
            throw new IllegalStateException(contestant + " changed " + changes + " rows in " + units.sum() + " units");
        }
    }

    @Override
    public void close() throws SQLException {
        database.close();
    }
}
