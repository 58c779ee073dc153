package io.hexai.jpa.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.repository.MappedRepository;
import io.hexai.jpa.transaction.UnitOfWork;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Id;
import jakarta.persistence.Version;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One unit of work that loads 1 000 domain objects and changes 10: the repository beside mapping and merging by hand. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 5)
@Measurement(iterations = 5, time = 5)
public class MappedDomain {

    private static final int LOADED = 1_000;
    private static final int CHANGED = 10;
    private static final String ALL = "from Part order by id";

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

    @Entity(name = "Part")
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

    private EmbeddedPostgres server;
    private HikariDataSource pool;
    private SessionFactory factory;
    private UnitOfWork unitOfWork;
    private Parts parts;

    @Setup
    public void start() throws IOException {
        server = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .start();
        pool = new HikariDataSource();
        pool.setJdbcUrl(server.getJdbcUrl("postgres", "postgres"));
        factory = new HibernatePersistenceConfiguration("parts")
                .managedClass(PartRow.class)
                .property(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, pool)
                .property(AvailableSettings.JAKARTA_HBM2DDL_DATABASE_ACTION, "create")
                .property(AvailableSettings.STATEMENT_BATCH_SIZE, 50)
                .createEntityManagerFactory();
        unitOfWork = UnitOfWork.of(factory);
        parts = new Parts(unitOfWork);
        unitOfWork.run(() -> {
            for (long id = 0; id < LOADED; id++) {
                parts.add(new Part(id, "part " + id, "shelf " + id % 10, Long.MAX_VALUE));
            }
        });
    }

    @TearDown
    public void stop() throws IOException {
        factory.close();
        pool.close();
        server.close();
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

    /** No call to save: the repository has to find the ten among the thousand. */
    @Benchmark
    public int mappedRepository() {
        return unitOfWork.call(() -> {
            List<Part> all = parts.all();
            changed(all).forEach(Part::take);
            return all.size();
        });
    }

    /** By hand, in the same unit of work, by code that knows which ten it has to save. */
    @Benchmark
    public int mergedByHand() {
        return unitOfWork.call(em -> {
            List<Part> all = new ArrayList<>(LOADED);
            List<Integer> versions = new ArrayList<>(LOADED);
            for (PartRow row : em.createQuery(ALL, PartRow.class).getResultList()) {
                all.add(map(row));
                versions.add(row.version);
            }
            for (Part part : changed(all)) {
                part.take();
                merge(em, part, versions.get((int) part.id));
            }
            return all.size();
        });
    }

    /** By hand, by code that saves all that it has read, as it does not know what has changed either. */
    @Benchmark
    public int allMergedByHand() {
        return unitOfWork.call(em -> {
            List<Part> all = new ArrayList<>(LOADED);
            List<Integer> versions = new ArrayList<>(LOADED);
            for (PartRow row : em.createQuery(ALL, PartRow.class).getResultList()) {
                all.add(map(row));
                versions.add(row.version);
            }
            changed(all).forEach(Part::take);
            for (Part part : all) {
                merge(em, part, versions.get((int) part.id));
            }
            return all.size();
        });
    }

    private static void merge(EntityManager em, Part part, int version) {
        PartRow row = new PartRow();
        copy(part, row);
        row.version = version;
        em.merge(row);
    }

    private static List<Part> changed(List<Part> all) {
        List<Part> changed = new ArrayList<>(CHANGED);
        for (int i = 0; i < LOADED; i += LOADED / CHANGED) {
            changed.add(all.get(i));
        }
        return changed;
    }
}
