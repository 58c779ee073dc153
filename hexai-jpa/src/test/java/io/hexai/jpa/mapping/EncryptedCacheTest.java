package io.hexai.jpa.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.jcache.spi.CaffeineCachingProvider;
import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.Cacheable;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import javax.cache.Cache;
import javax.cache.CacheManager;
import javax.cache.Caching;
import org.hibernate.jpa.HibernateHints;
import org.hibernate.stat.Statistics;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Encrypted attributes of entities in a second-level cache, which others may read. */
class EncryptedCacheTest {

    @Entity(name = "CachedPatient")
    @Cacheable
    static class Patient {
        @Id
        long id = 1;

        String name = "in plain sight";

        @Encrypted
        String diagnosis = "s3cret diagnosis";

        @Encrypted
        Map<String, String> notes = Map.of("s3cret key", "s3cret note");

        @Encrypted(deterministic = true)
        String email = "s3cret@example.org";
    }

    @Entity(name = "CachedVisit")
    static class Visit {
        @Id
        long id = 1;

        @Encrypted
        String report = "s3cret report";

        @ManyToOne
        Patient patient;
    }

    static TestFactory database;

    UnitOfWork unitOfWork;

    @BeforeAll
    static void start() {
        database = TestFactory.withCaches(Map.of(EncryptionKeys.SETTING, TestKeys.both()), Patient.class, Visit.class);
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @BeforeEach
    void store() {
        database.execute("TRUNCATE CachedPatient, CachedVisit");
        database.factory().getCache().evictAllRegions();
        unitOfWork = UnitOfWork.of(database.factory());
        unitOfWork.run(em -> em.persist(new Patient()));
    }

    private Patient patient() {
        return unitOfWork.call(em -> em.find(Patient.class, 1L));
    }

    @Test
    void areDecryptedFromTheCache() {
        patient();
        Statistics statistics = database.factory().getStatistics();
        statistics.clear();

        Patient cached = patient();

        assertThat(statistics.getSecondLevelCacheHitCount()).isEqualTo(1);
        assertThat(statistics.getPrepareStatementCount()).isZero();
        assertThat(List.of(cached.diagnosis, cached.email)).containsExactly("s3cret diagnosis", "s3cret@example.org");
        assertThat(cached.notes).isEqualTo(new Patient().notes);
    }

    @Test
    void areInNoCacheAsPlainText() throws IOException {
        patient();
        for (int time = 1; time <= 2; time++) {
            List<Patient> found = cacheable("from CachedPatient p where p.email = :value", Patient.class);
            assertThat(found)
                    .singleElement()
                    .satisfies(patient -> assertThat(patient.email).isEqualTo("s3cret@example.org"));
        }

        assertCached("in plain sight", "CachedPatient");
    }

    @Test
    void areInNoQueryCacheAsPlainTextIfEntitiesAreInNoOtherCache() throws IOException {
        unitOfWork.run(em -> {
            Visit visit = new Visit();
            visit.patient = em.find(Patient.class, 1L);
            em.persist(visit);
        });
        for (int time = 1; time <= 2; time++) {
            Visit visit = cacheable("from CachedVisit v join fetch v.patient p where p.email = :value", Visit.class)
                    .get(0);
            assertThat(List.of(visit.report, visit.patient.diagnosis))
                    .containsExactly("s3cret report", "s3cret diagnosis");
            Object[] row = cacheable(
                            "select v.id, v.report from CachedVisit v where v.patient.email = :value", Object[].class)
                    .get(0);
            assertThat(Encryption.of(database.factory()).open(Visit.class, "report", row[0], (EncryptedValue) row[1]))
                    .isEqualTo("s3cret report");
        }

        assertCached("CachedVisit");
    }

    private <T> List<T> cacheable(String jpql, Class<T> type) {
        return unitOfWork.call(em -> em.createQuery(jpql, type)
                .setParameter("value", "s3cret@example.org")
                .setHint(HibernateHints.HINT_CACHEABLE, true)
                .getResultList());
    }

    @Test
    void areWrittenAnewInTheCacheToo() {
        patient();
        unitOfWork.run(em -> em.find(Patient.class, 1L).diagnosis = "changed");

        assertThat(patient().diagnosis).isEqualTo("changed");
    }

    /** Shows no contents, which are bytes. */
    private static void assertCached(String... expected) throws IOException {
        String contents = contentsOfAllCaches();
        for (String text : expected) {
            assertThat(contents.contains(text)).as(text).isTrue();
        }
        assertThat(contents.contains("s3cret")).as("holds plain text").isFalse();
    }

    private static String contentsOfAllCaches() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CacheManager manager = Caching.getCachingProvider(CaffeineCachingProvider.class.getName())
                .getCacheManager();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            for (String name : manager.getCacheNames()) {
                for (Cache.Entry<?, ?> entry : manager.<Object, Object>getCache(name)) {
                    out.writeObject(entry.getKey());
                    out.writeObject(entry.getValue());
                }
            }
        }
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }
}
