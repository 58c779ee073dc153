package io.hexai.jpa.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.transaction.Propagation;
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
import jakarta.persistence.PersistenceException;
import jakarta.persistence.SecondaryTable;
import jakarta.persistence.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.hibernate.Session;
import org.hibernate.annotations.UuidGenerator;
import org.hibernate.query.QueryTypeMismatchException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class EncryptedTest {

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

    private Patient stored(Patient patient) {
        unitOfWork.run(em -> em.persist(patient));
        return patient;
    }

    private Patient loaded(long id) {
        return unitOfWork.call(em -> em.find(Patient.class, id));
    }

    private void change(Consumer<Patient> change) {
        unitOfWork.run(em -> change.accept(em.find(Patient.class, 1L)));
    }

    private static Object column(String column) {
        return database.select("SELECT " + column + " FROM patient WHERE id = 1")
                .get(0);
    }

    private static String text(String column) {
        return "encode(" + column + ", 'escape')";
    }

    @Nested
    class AValue {

        @Test
        void isPlainInMemoryAndSealedInItsColumn() {
            Patient patient = new Patient(1, "rare");
            patient.scan = new byte[] {1, 2, 3};
            patient.address = new Address("Elm Street", List.of("2nd floor"));
            patient.readings = Map.of("pulse", List.of(60, 61));
            stored(patient);

            Patient found = loaded(1);
            assertThat(found.diagnosis).isEqualTo("rare");
            assertThat(found.scan).containsExactly(1, 2, 3);
            assertThat(found.address).isEqualTo(patient.address);
            assertThat(found.readings).isEqualTo(patient.readings);
            assertThat((String) column(text("diagnosis"))).doesNotContain("rare");
            assertThat((String) column(text("address"))).doesNotContain("Elm");
            assertThat((String) column(text("readings"))).doesNotContain("pulse");
        }

        @Test
        void ofNothingStaysNull() {
            stored(new Patient(1, null));

            assertThat(column("diagnosis")).isNull();
            assertThat(loaded(1).diagnosis).isNull();
            assertThat(loaded(1).address).isNull();
        }

        @Test
        void thatIsEmptyStaysEmpty() {
            Patient patient = new Patient(1, "");
            patient.scan = new byte[0];
            patient.readings = Map.of();
            stored(patient);

            assertThat(column("diagnosis")).isNotNull();
            assertThat(loaded(1).diagnosis).isEmpty();
            assertThat(loaded(1).scan).isEmpty();
            assertThat(loaded(1).readings).isEmpty();
        }

        @Test
        void isSealedDifferentlyInEachRow() {
            stored(new Patient(1, "same"));
            stored(new Patient(2, "same"));

            assertThat(database.select("SELECT DISTINCT diagnosis FROM patient"))
                    .hasSize(2);
        }

        @Test
        void mayHoldWhatATextColumnCannot() {
            stored(new Patient(1, "a\u0000b \uD83D\uDE00"));

            assertThat(loaded(1).diagnosis).isEqualTo("a\u0000b \uD83D\uDE00");
        }

        @Test
        void thatIsNoTextIsRefusedRatherThanChanged() {
            assertThatExceptionOfType(EncryptedAttributeException.class)
                    .isThrownBy(() -> stored(new Patient(1, "half \uD83D")))
                    .satisfies(e -> assertThat(e.attribute()).isEqualTo("diagnosis"))
                    .withMessageNotContaining("half");
        }
    }

    @Nested
    class ARow {

        @Test
        void canHaveAGeneratedIdentifier() {
            Generated generated = new Generated();
            Tagged tagged = new Tagged();
            unitOfWork.run(em -> {
                em.persist(generated);
                em.persist(tagged);
            });

            assertThat(unitOfWork.call(em -> em.find(Generated.class, generated.id)).secret)
                    .isEqualTo("sequence");
            assertThat(unitOfWork.call(em -> em.find(Tagged.class, tagged.id)).secret)
                    .isEqualTo("uuid");
        }

        @Test
        void canHaveACompositeIdentifier() {
            unitOfWork.run(em -> {
                em.persist(new Booking(new Seat("A", 1), "Ada"));
                em.persist(new Booking(new Seat("A", 2), "Bob"));
            });

            assertThat(unitOfWork.call(em -> em.find(Booking.class, new Seat("A", 2))).guest)
                    .isEqualTo("Bob");

            database.execute("UPDATE booking b SET guest = (SELECT guest FROM booking WHERE number <> b.number)");
            assertThatThrownBy(() -> unitOfWork.call(em -> em.find(Booking.class, new Seat("A", 2))))
                    .isInstanceOf(EncryptedAttributeException.class);
        }

        @Test
        void canBeSpreadOverTables() {
            Agent agent = new Agent();
            agent.id = "007";
            agent.secret = "one";
            agent.hidden = "two";
            agent.alias = "three";
            unitOfWork.run(em -> em.persist(agent));

            Agent found = (Agent) unitOfWork.call(em -> em.find(Person.class, "007"));
            assertThat(List.of(found.secret, found.hidden, found.alias)).containsExactly("one", "two", "three");

            database.execute("UPDATE vault SET hidden = (SELECT secret FROM person)");
            assertThatThrownBy(() -> unitOfWork.call(em -> em.find(Agent.class, "007")))
                    .isInstanceOf(EncryptedAttributeException.class)
                    .hasMessageContaining("'hidden'");
        }

        @Test
        void canBeReadAndWrittenThroughAccessors() {
            Getters getters = new Getters();
            getters.setId(1);
            getters.setSecret("property");
            unitOfWork.run(em -> em.persist(getters));

            assertThat(unitOfWork.call(em -> em.find(Getters.class, 1L)).getSecret())
                    .isEqualTo("property");
        }

        @Test
        void canBeWrittenAndReadWithoutAPersistenceContext() {
            try (var session = database.factory().openStatelessSession()) {
                session.insert(new Patient(1, "inserted"));
                session.upsert(new Patient(2, "upserted"));
                Patient patient = session.get(Patient.class, 1L);
                assertThat(patient.diagnosis).isEqualTo("inserted");
                patient.diagnosis = "updated";
                session.update(patient);
            }

            assertThat(loaded(1).diagnosis).isEqualTo("updated");
            assertThat(loaded(2).diagnosis).isEqualTo("upserted");
        }
    }

    @Nested
    class AStoredValue {

        private void assertUnreadable(String attribute, String... secrets) {
            assertThatExceptionOfType(EncryptedAttributeException.class)
                    .isThrownBy(() -> loaded(1))
                    .satisfies(e -> {
                        assertThat(e.entityName()).isEqualTo(Patient.class.getName());
                        assertThat(e.attribute()).isEqualTo(attribute);
                        assertThat(e.row()).isEqualTo("1");
                        for (String secret : secrets) {
                            assertThat(e).hasStackTraceContaining(attribute);
                            assertThat(StackTraces.of(e)).doesNotContain(secret);
                        }
                    });
        }

        @Test
        void thatWasAlteredIsRefused() {
            stored(new Patient(1, "hello"));
            database.execute("UPDATE patient SET diagnosis = set_byte(diagnosis, 20, get_byte(diagnosis, 20) # 1)");

            assertUnreadable("diagnosis", "hello");
        }

        @Test
        void thatWasCutOffIsRefused() {
            stored(new Patient(1, "hello"));
            database.execute("UPDATE patient SET diagnosis = substring(diagnosis from 1 for 7)");

            assertUnreadable("diagnosis");
        }

        @Test
        void thatWasReplacedByPlainTextIsRefused() {
            stored(new Patient(1, "hello"));
            database.execute("UPDATE patient SET diagnosis = 'plain'::bytea");

            assertUnreadable("diagnosis", "plain");
        }

        @Test
        void thatBelongsToAnotherRowIsRefused() {
            stored(new Patient(1, "mine"));
            stored(new Patient(2, "yours"));
            database.execute(
                    "UPDATE patient SET diagnosis = (SELECT diagnosis FROM patient WHERE id = 2) WHERE id = 1");

            assertUnreadable("diagnosis", "yours");
        }

        @Test
        void thatBelongsToAnotherColumnIsRefused() {
            Patient patient = new Patient(1, "mine");
            patient.scan = "scan".getBytes();
            stored(patient);
            database.execute("UPDATE patient SET diagnosis = scan");

            assertUnreadable("diagnosis");
        }

        @Test
        void thatBelongsToAnotherTableIsRefused() {
            Generated generated = new Generated();
            unitOfWork.run(em -> em.persist(generated));
            stored(new Patient(1, "mine"));
            database.execute("UPDATE patient SET diagnosis = (SELECT secret FROM generated), id = 1");

            assertUnreadable("diagnosis");
        }

        @Test
        void underAnotherKeyIsRefused() {
            stored(new Patient(1, "mine"));
            EncryptionKeys right = TestKeys.both();
            try (TestFactory other = TestFactory.of(Map.of(EncryptionKeys.SETTING, right), Patient.class)) {
                UnitOfWork.of(other.factory()).run(em -> em.persist(new Patient(1, "theirs")));
                Encryption.install(other.factory(), TestKeys.both());

                assertThatThrownBy(() -> UnitOfWork.of(other.factory()).run(em -> em.find(Patient.class, 1L)))
                        .isInstanceOf(EncryptedAttributeException.class)
                        .hasMessageContaining("no key fits");

                Encryption.install(other.factory(), right);
                assertThat(UnitOfWork.of(other.factory()).call(em -> em.find(Patient.class, 1L)).diagnosis)
                        .isEqualTo("theirs");
            }
        }
    }

    @Nested
    class AnUpdate {

        @Test
        void ofAnotherAttributeLeavesTheCiphertextAlone() {
            Patient patient = new Patient(1, "rare");
            patient.address = new Address("Elm Street", List.of());
            patient.readings = new HashMap<>(Map.of("a", List.of(1), "b", List.of(2), "c", List.of(3)));
            stored(patient);
            Object before = column("concat(diagnosis, address, readings)");
            change(p -> p.name = "Bob");

            assertThat(column("name")).isEqualTo("Bob");
            assertThat(column("concat(diagnosis, address, readings)")).isEqualTo(before);
        }

        @Test
        void happensOnlyIfSomethingChanged() {
            Patient patient = new Patient(1, "rare");
            patient.scan = new byte[] {1};
            patient.readings = Map.of("pulse", List.of(60, 61), "temperature", List.of(37));
            stored(patient);
            change(p -> {
                p.diagnosis = new String("rare".toCharArray());
                p.scan = new byte[] {1};
                p.readings = new HashMap<>(p.readings);
            });

            assertThat(column("version")).isEqualTo(0);
        }

        @Test
        void ofTheValueSealsItAnew() {
            stored(new Patient(1, "rare"));
            change(p -> p.diagnosis = "common");
            assertThat(loaded(1).diagnosis).isEqualTo("common");
            change(p -> p.diagnosis = null);
            assertThat(column("diagnosis")).isNull();
            change(p -> p.diagnosis = "again");

            assertThat(loaded(1).diagnosis).isEqualTo("again");
        }

        @Test
        void insideTheValueIsNoticed() {
            Patient patient = new Patient(1, "rare");
            patient.scan = new byte[] {1};
            patient.address = new Address("Elm Street", new ArrayList<>());
            patient.readings = new HashMap<>();
            stored(patient);
            change(p -> {
                p.scan[0] = 2;
                p.address.lines().add("back yard");
                p.readings.put("pulse", List.of(70));
            });

            Patient found = loaded(1);
            assertThat(found.scan).containsExactly(2);
            assertThat(found.address.lines()).containsExactly("back yard");
            assertThat(found.readings).containsEntry("pulse", List.of(70));
        }

        @Test
        void afterTheInsertOfTheSameTransactionIsSealedToo() {
            unitOfWork.run(em -> {
                Patient patient = new Patient(1, "first");
                em.persist(patient);
                em.flush();
                patient.diagnosis = "second";
            });

            assertThat(loaded(1).diagnosis).isEqualTo("second");
        }

        @Test
        void ofADetachedEntityIsMerged() {
            Patient patient = new Patient(1, "rare");
            patient.address = new Address("Elm Street", List.of());
            stored(patient);
            Object address = column("address");
            Patient detached = loaded(1);
            detached.diagnosis = "common";
            unitOfWork.run(em -> em.merge(detached));

            assertThat(loaded(1).diagnosis).isEqualTo("common");
            assertThat(column("address")).isEqualTo(address);
        }
    }

    @Nested
    class ANestedRollback {

        @Test
        void bringsTheValuesBack() {
            Patient patient = new Patient(1, "outer");
            patient.readings = new HashMap<>(Map.of("pulse", new ArrayList<>(List.of(60))));
            stored(patient);
            Object before = column("concat(diagnosis, readings, version)");
            unitOfWork.run(em -> {
                Patient managed = em.find(Patient.class, 1L);
                assertThatThrownBy(() -> unitOfWork.with(Propagation.NESTED).run(inner -> {
                            managed.diagnosis = "inner";
                            managed.readings.get("pulse").add(99);
                            inner.flush();
                            throw new IllegalStateException("rolled back");
                        }))
                        .hasMessage("rolled back");
                assertThat(managed.diagnosis).isEqualTo("outer");
                assertThat(managed.readings).isEqualTo(Map.of("pulse", List.of(60)));
            });

            assertThat(column("concat(diagnosis, readings, version)")).isEqualTo(before);
        }

        @Test
        void letsWhatWasPersistedInsideBePersistedAnew() {
            Generated generated = new Generated();
            unitOfWork.run(em -> {
                assertThatThrownBy(() -> unitOfWork.with(Propagation.NESTED).run(inner -> {
                            inner.persist(generated);
                            inner.flush();
                            throw new IllegalStateException("rolled back");
                        }))
                        .hasMessage("rolled back");
                em.persist(generated);
            });

            assertThat(unitOfWork.call(em -> em.find(Generated.class, generated.id)).secret)
                    .isEqualTo("sequence");
        }
    }

    @Nested
    class AQuery {

        @BeforeEach
        void store() {
            stored(new Patient(1, "rare"));
        }

        @Test
        void ofEntitiesGivesThemDecrypted() {
            assertThat(unitOfWork.call(em -> em.createQuery("from Patient", Patient.class)
                                    .getSingleResult())
                            .diagnosis)
                    .isEqualTo("rare");
        }

        @Test
        void ofTheAttributeAloneGivesAValueThatItsRowOpens() {
            Object[] row =
                    unitOfWork.call(em -> em.createQuery("select p.id, p.diagnosis from Patient p", Object[].class)
                            .getSingleResult());

            assertThat(row[1]).isInstanceOf(EncryptedValue.class).hasToString("(encrypted)");
            Encryption encryption = Encryption.of(database.factory());
            assertThat(encryption.open(Patient.class, "diagnosis", row[0], (EncryptedValue) row[1]))
                    .isEqualTo("rare");
            assertThatThrownBy(() -> encryption.open(Patient.class, "scan", row[0], (EncryptedValue) row[1]))
                    .isInstanceOf(EncryptedAttributeException.class);
        }

        @Test
        void ofTheAttributeAsItsOwnTypeIsRefused() {
            assertThatThrownBy(
                            () -> unitOfWork.run(em -> em.createQuery("select p.diagnosis from Patient p", String.class)
                                    .getResultList()))
                    .isInstanceOf(QueryTypeMismatchException.class)
                    .hasMessageContaining("EncryptedValue");
        }

        @Test
        void comparingItWithAParameterIsRefusedWithoutShowingThat() {
            assertThatThrownBy(() -> unitOfWork.run(
                            em -> em.createQuery("from Patient p where p.diagnosis = :value", Patient.class)
                                    .setParameter("value", "s3cret")
                                    .getResultList()))
                    .isInstanceOf(EncryptedQueryException.class)
                    .satisfies(e -> assertThat(StackTraces.of(e)).doesNotContain("s3cret"));
        }

        @Test
        void comparingItByCriteriaIsRefused() {
            assertThatThrownBy(() -> unitOfWork.run(em -> {
                        var builder = em.getCriteriaBuilder();
                        var query = builder.createQuery(Patient.class);
                        var root = query.from(Patient.class);
                        query.where(builder.equal(root.get("diagnosis"), "s3cret"));
                        em.createQuery(query).getResultList();
                    }))
                    .satisfies(e -> assertThat(StackTraces.of(e)).doesNotContain("s3cret"));
        }

        @Test
        void mayAskWhetherItIsNull() {
            List<Long> found = unitOfWork.call(em -> em.createQuery(
                            "select p.id from Patient p where p.diagnosis is not null and p.scan is null", Long.class)
                    .getResultList());

            assertThat(found).containsExactly(1L);
        }

        @Test
        void thatUpdatesItWithAParameterIsRefused() {
            assertThatThrownBy(() -> unitOfWork.run(em -> em.createQuery("update Patient p set p.diagnosis = :value")
                            .setParameter("value", "s3cret")
                            .executeUpdate()))
                    .isInstanceOf(EncryptedQueryException.class);
            assertThat(loaded(1).diagnosis).isEqualTo("rare");
        }

        @Test
        void thatUpdatesItWithALiteralIsRefused() {
            assertThatThrownBy(() -> unitOfWork.run(em -> em.createQuery("update Patient p set p.diagnosis = 's3cret'")
                            .executeUpdate()))
                    .isInstanceOf(RuntimeException.class);
            assertThat(loaded(1).diagnosis).isEqualTo("rare");
        }

        @Test
        void thatInsertsIntoItFails() {
            assertThatThrownBy(() -> unitOfWork.run(
                            em -> em.createQuery("insert into Patient (id, version, diagnosis) values (2, 0, :value)")
                                    .setParameter("value", "s3cret")
                                    .executeUpdate()))
                    .isInstanceOf(PersistenceException.class);
            assertThat(loaded(2)).isNull();
        }

        @Test
        void ofAllButTheAttributeNeedsNoKey() {
            try (TestFactory keyless = TestFactory.of(Patient.class)) {
                UnitOfWork.of(keyless.factory()).run(em -> {
                    em.persist(new Patient(1, null));
                    em.flush();
                    em.createQuery("select p.name from Patient p", String.class).getSingleResult();
                });
            }
        }

        @Test
        void canBeRefreshedAndReadOnly() {
            unitOfWork.run(em -> {
                Session session = em.unwrap(Session.class);
                session.setDefaultReadOnly(true);
                Patient patient = session.find(Patient.class, 1L);
                patient.diagnosis = "changed";
                session.refresh(patient);
                assertThat(patient.diagnosis).isEqualTo("rare");
            });
        }
    }
}
