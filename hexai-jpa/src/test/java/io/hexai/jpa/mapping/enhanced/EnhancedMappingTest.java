package io.hexai.jpa.mapping.enhanced;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import com.google.crypto.tink.daead.DeterministicAeadConfig;
import com.google.crypto.tink.daead.PredefinedDeterministicAeadParameters;
import io.hexai.jpa.mapping.Encrypted;
import io.hexai.jpa.mapping.EncryptionKeys;
import io.hexai.jpa.mapping.Timestamps;
import io.hexai.jpa.testing.EnhancingLoader;
import io.hexai.jpa.testing.ManualClock;
import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.Basic;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.hibernate.Hibernate;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.engine.spi.ManagedEntity;
import org.junit.jupiter.api.Test;

/** Entities whose classes Hibernate has enhanced for lazy loading and dirty tracking. */
class EnhancedMappingTest {

    @Entity(name = "Dossier")
    static class Dossier {
        @Id
        long id = 1;

        String title = "first";

        @Encrypted
        String secret = "eager";

        @Encrypted
        List<String> entries = new ArrayList<>(List.of("one"));

        @Embedded
        Timestamps timestamps;
    }

    @Entity(name = "Stub")
    static class Stub {
        @Id
        long id = 1;

        String title = "first";

        @Encrypted(deterministic = true)
        @Basic(fetch = FetchType.LAZY)
        String hidden = "lazy";

        @Embedded
        Timestamps timestamps;
    }

    @Test
    void entitiesThatTrackTheirChangesAreEncryptedAndStamped() throws Throwable {
        EnhancingLoader.run(EnhancedMappingTest.class, "tracking", false);
    }

    @Test
    void lazyEntitiesAreStampedAndTheirDeterministicAttributesEncrypted() throws Throwable {
        EnhancingLoader.run(EnhancedMappingTest.class, "lazy", true);
    }

    @Test
    void otherAttributesOfLazyEntitiesAreRefused() throws Throwable {
        EnhancingLoader.run(EnhancedMappingTest.class, "refused", true);
    }

    private static TestFactory database(ManualClock clock, Class<?> entity) throws GeneralSecurityException {
        assertThat(ManagedEntity.class).isAssignableFrom(entity);
        AeadConfig.register();
        DeterministicAeadConfig.register();
        EncryptionKeys keys = EncryptionKeys.of(
                        KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM, RegistryConfiguration.get()))
                .withSearchKeys(KeysetHandle.generateNew(
                        PredefinedDeterministicAeadParameters.AES256_SIV, RegistryConfiguration.get()));
        return TestFactory.of(
                Map.of(
                        EncryptionKeys.SETTING,
                        keys,
                        Timestamps.CLOCK,
                        clock,
                        AvailableSettings.TC_CLASSLOADER,
                        "before"),
                entity);
    }

    @SuppressWarnings("unused") // called on the enhanced class
    private static void tracking() throws GeneralSecurityException {
        ManualClock clock = new ManualClock();
        try (TestFactory database = database(clock, Dossier.class)) {
            UnitOfWork unitOfWork = UnitOfWork.of(database.factory());
            unitOfWork.run(em -> em.persist(new Dossier()));
            isWrittenOnlyWhereItChanged(database, unitOfWork, clock);
            isNoticedWhenItChangesInside(unitOfWork);
            isBackAfterANestedRollback(unitOfWork, clock);
        }
    }

    @SuppressWarnings("unused") // called on the enhanced class
    private static void lazy() throws GeneralSecurityException {
        ManualClock clock = new ManualClock();
        try (TestFactory database = database(clock, Stub.class)) {
            UnitOfWork unitOfWork = UnitOfWork.of(database.factory());
            unitOfWork.run(em -> em.persist(new Stub()));
            Instant inserted = clock.instant();
            clock.advance(Duration.ofSeconds(1));
            unitOfWork.run(em -> {
                Stub stub = em.getReference(Stub.class, 1L);
                assertThat(stub.title).isEqualTo("first");
                assertThat(Hibernate.isPropertyInitialized(stub, "hidden")).isFalse();
                assertThat(stub.hidden).isEqualTo("lazy");
                stub.title = "second";
            });
            Stub stub = unitOfWork.call(em -> em.find(Stub.class, 1L));
            assertThat(stub.timestamps).isEqualTo(new Timestamps(inserted, clock.instant()));
        }
    }

    @SuppressWarnings("unused") // called on the enhanced class
    private static void refused() {
        assertThatThrownBy(() -> database(new ManualClock(), Dossier.class).close())
                .hasStackTraceContaining("enhanced for lazy loading");
    }

    private static void isWrittenOnlyWhereItChanged(TestFactory database, UnitOfWork unitOfWork, ManualClock clock) {
        String columns = "SELECT concat(secret, entries) FROM dossier";
        List<Object> before = database.select(columns);
        Instant inserted = clock.instant();
        clock.advance(Duration.ofSeconds(1));
        unitOfWork.run(em -> em.find(Dossier.class, 1L).title = "second");

        assertThat(database.select(columns)).isEqualTo(before);
        Dossier dossier = unitOfWork.call(em -> em.find(Dossier.class, 1L));
        assertThat(dossier.timestamps).isEqualTo(new Timestamps(inserted, clock.instant()));
    }

    private static void isNoticedWhenItChangesInside(UnitOfWork unitOfWork) {
        unitOfWork.run(em -> em.find(Dossier.class, 1L).entries.add("two"));

        Dossier dossier = unitOfWork.call(em -> em.find(Dossier.class, 1L));
        assertThat(dossier.entries).containsExactly("one", "two");
    }

    private static void isBackAfterANestedRollback(UnitOfWork unitOfWork, ManualClock clock) {
        unitOfWork.run(em -> {
            Dossier dossier = em.find(Dossier.class, 1L);
            Timestamps before = dossier.timestamps;
            clock.advance(Duration.ofSeconds(1));
            assertThatThrownBy(() -> unitOfWork.with(Propagation.NESTED).run(inner -> {
                        dossier.secret = "inner";
                        inner.flush();
                        throw new IllegalStateException("rolled back");
                    }))
                    .hasMessage("rolled back");
            assertThat(dossier.secret).isEqualTo("eager");
            assertThat(dossier.timestamps).isEqualTo(before);
        });
    }
}
