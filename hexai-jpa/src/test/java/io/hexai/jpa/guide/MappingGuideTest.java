package io.hexai.jpa.guide;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.Parameters;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import com.google.crypto.tink.daead.DeterministicAeadConfig;
import com.google.crypto.tink.daead.PredefinedDeterministicAeadParameters;
import io.hexai.jpa.mapping.Encrypted;
import io.hexai.jpa.mapping.EncryptedValue;
import io.hexai.jpa.mapping.Encryption;
import io.hexai.jpa.mapping.EncryptionKeys;
import io.hexai.jpa.mapping.ReEncryption;
import io.hexai.jpa.mapping.ReEncryptionReport;
import io.hexai.jpa.mapping.Timestamps;
import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.SequenceGenerator;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.hibernate.annotations.UuidGenerator;
import org.hibernate.query.restriction.Restriction;
import org.hibernate.query.specification.SelectionSpecification;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The snippets of {@code docs/guide/mapping.md}. */
class MappingGuideTest {

    // region timestamps
    @Entity(name = "Invoice")
    static class Invoice {
        @Id
        @UuidGenerator(style = UuidGenerator.Style.VERSION_7)
        UUID id;

        String text;

        @Embedded
        Timestamps timestamps;
    }
    // endregion

    // region identifiers
    @Entity(name = "Ticket")
    static class Ticket {
        @Id
        @GeneratedValue(strategy = GenerationType.SEQUENCE)
        @SequenceGenerator(sequenceName = "ticket_seq", allocationSize = 50)
        Long id;
    }
    // endregion

    record Address(String street) {}

    // region encrypted
    @Entity(name = "Patient")
    static class Patient {
        @Id
        @UuidGenerator(style = UuidGenerator.Style.VERSION_7)
        UUID id;

        @Encrypted
        String diagnosis;

        @Encrypted
        byte[] scan;

        @Encrypted
        Map<String, Address> addresses; // any type but String and byte[] is stored as JSON

        @Encrypted(deterministic = true)
        String email;
    }
    // endregion

    private TestFactory database;
    private UnitOfWork unitOfWork;

    @BeforeEach
    void start() {
        database = TestFactory.of(Invoice.class, Ticket.class, Patient.class);
        unitOfWork = UnitOfWork.of(database.factory());
    }

    @AfterEach
    void stop() {
        database.close();
    }

    @Test
    void timesAreKeptUnlessManagementIsOff() {
        Invoice invoice = new Invoice();
        unitOfWork.run(em -> em.persist(invoice));
        assertThat(invoice.timestamps.createdAt()).isNotNull().isEqualTo(invoice.timestamps.updatedAt());

        // region unmanaged
        unitOfWork.run(em -> {
            em.setProperty(Timestamps.MANAGED, false);
            Invoice imported = new Invoice();
            imported.timestamps = new Timestamps(Instant.parse("2001-02-03T04:05:06Z"), null);
            em.persist(imported);
        });
        // endregion
        assertThat(database.select("SELECT createdat FROM invoice WHERE updatedat IS NULL"))
                .hasSize(1);
    }

    @Test
    void identifiersAreGenerated() {
        Ticket ticket = new Ticket();
        unitOfWork.run(em -> em.persist(ticket));

        assertThat(ticket.id).isNotNull();
    }

    @Test
    void attributesAreEncrypted() throws GeneralSecurityException {
        AeadConfig.register();
        DeterministicAeadConfig.register();
        System.setProperty("PATIENTS_ENCRYPTION_KEYS", keyset(PredefinedAeadParameters.AES256_GCM));
        System.setProperty("PATIENTS_SEARCH_KEYS", keyset(PredefinedDeterministicAeadParameters.AES256_SIV));
        // region keys
        EncryptionKeys keys =
                EncryptionKeys.fromEnv("PATIENTS"); // PATIENTS_ENCRYPTION_KEYS and, if set, PATIENTS_SEARCH_KEYS
        // endregion
        System.clearProperty("PATIENTS_ENCRYPTION_KEYS");
        System.clearProperty("PATIENTS_SEARCH_KEYS");
        EntityManagerFactory entityManagerFactory = database.factory();
        // region install
        Encryption.install(entityManagerFactory, keys);
        // endregion
        Patient patient = new Patient();
        patient.diagnosis = "rare";
        patient.addresses = Map.of("home", new Address("Elm Street"));
        patient.email = "ada@example.org";
        unitOfWork.run(em -> em.persist(patient));

        // region projection
        Object[] row = unitOfWork.call(em -> em.createQuery("select p.id, p.diagnosis from Patient p", Object[].class)
                .getSingleResult());
        Object diagnosis =
                Encryption.of(entityManagerFactory).open(Patient.class, "diagnosis", row[0], (EncryptedValue) row[1]);
        // endregion
        assertThat(diagnosis).isEqualTo("rare");

        // region re-encrypt
        ReEncryptionReport report = ReEncryption.of(unitOfWork).run();
        // endregion
        assertThat(report.isComplete()).isTrue();
        assertThat(byParameter()).hasSize(1);
        assertThat(byRestriction(entityManagerFactory)).hasSize(1);
    }

    private List<Patient> byParameter() {
        // region search
        List<Patient> found =
                unitOfWork.call(em -> em.createQuery("from Patient p where p.email = :email", Patient.class)
                        .setParameter("email", "ada@example.org")
                        .getResultList());
        // endregion
        return found;
    }

    private List<Patient> byRestriction(EntityManagerFactory entityManagerFactory) {
        // region restriction
        Restriction<Patient> ofAda =
                Encryption.of(entityManagerFactory).equalTo(Patient.class, "email", "ada@example.org");
        List<Patient> found = unitOfWork.call(em -> SelectionSpecification.create(Patient.class)
                .restrict(ofAda)
                .createQuery(em)
                .getResultList());
        // endregion
        return found;
    }

    private static String keyset(Parameters parameters) throws GeneralSecurityException {
        return TinkJsonProtoKeysetFormat.serializeKeyset(
                KeysetHandle.generateNew(parameters, RegistryConfiguration.get()),
                RegistryConfiguration.get(),
                InsecureSecretKeyAccess.get());
    }
}
