package io.hexai.jpa.mapping;

import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.Access;
import jakarta.persistence.AccessType;
import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.SecondaryTable;
import jakarta.persistence.Version;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.hibernate.annotations.UuidGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** Entities with encrypted attributes of every kind, and what their columns hold. */
abstract class EncryptionTests {

    record Address(String street, List<String> lines) {}

    @Entity(name = "Patient")
    static class Patient {
        @Id
        long id;

        @Version
        int version;

        String name = "Ada";

        @Encrypted
        String diagnosis;

        @Encrypted
        byte[] scan;

        @Encrypted
        Address address;

        @Encrypted
        Map<String, List<Integer>> readings;

        protected Patient() {}

        Patient(long id, String diagnosis) {
            this.id = id;
            this.diagnosis = diagnosis;
        }
    }

    @Entity(name = "Generated")
    static class Generated {
        @Id
        @GeneratedValue(strategy = GenerationType.SEQUENCE)
        Long id;

        @Encrypted
        String secret = "sequence";
    }

    @Entity(name = "Tagged")
    static class Tagged {
        @Id
        @UuidGenerator(style = UuidGenerator.Style.VERSION_7)
        UUID id;

        @Encrypted
        String secret = "uuid";
    }

    @Embeddable
    record Seat(String row, int number) {}

    @Entity(name = "Booking")
    static class Booking {
        @EmbeddedId
        Seat seat;

        @Encrypted
        String guest;

        protected Booking() {}

        Booking(Seat seat, String guest) {
            this.seat = seat;
            this.guest = guest;
        }
    }

    @Entity(name = "Person")
    @Inheritance(strategy = InheritanceType.JOINED)
    @SecondaryTable(name = "vault")
    static class Person {
        @Id
        String id;

        @Encrypted
        String secret;

        @Encrypted
        @Column(table = "vault")
        String hidden;
    }

    @Entity(name = "Agent")
    static class Agent extends Person {
        @Encrypted
        String alias;
    }

    @Entity(name = "Getters")
    @Access(AccessType.PROPERTY)
    static class Getters {
        private long key;
        private String text;

        @Id
        public long getId() {
            return key;
        }

        public void setId(long id) {
            key = id;
        }

        @Encrypted
        public String getSecret() {
            return text;
        }

        public void setSecret(String secret) {
            text = secret;
        }
    }

    static TestFactory database;

    UnitOfWork unitOfWork;

    @BeforeAll
    static void start() {
        database = TestFactory.of(
                Map.of(EncryptionKeys.SETTING, TestKeys.both()),
                Patient.class,
                Generated.class,
                Tagged.class,
                Booking.class,
                Person.class,
                Agent.class,
                Getters.class);
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @BeforeEach
    void begin() {
        database.execute("TRUNCATE patient, generated, tagged, booking, person, agent, vault, getters");
        unitOfWork = UnitOfWork.of(database.factory());
    }

    Patient stored(Patient patient) {
        unitOfWork.run(em -> em.persist(patient));
        return patient;
    }

    Patient loaded(long id) {
        return unitOfWork.call(em -> em.find(Patient.class, id));
    }

    void change(Consumer<Patient> change) {
        unitOfWork.run(em -> change.accept(em.find(Patient.class, 1L)));
    }

    static Object column(String column) {
        return database.select("SELECT " + column + " FROM patient WHERE id = 1")
                .get(0);
    }

    static String text(String column) {
        return "encode(" + column + ", 'escape')";
    }
}
