package io.hexai.jpa.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.transaction.PendingChanges;
import io.hexai.jpa.transaction.Propagation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class EncryptedTest extends EncryptionTests {

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
    class APendingChange {

        @Test
        void isNamedAndTakenBack() {
            Patient patient = new Patient(1, "rare");
            patient.readings = new HashMap<>(Map.of("pulse", new ArrayList<>(List.of(60))));
            stored(patient);
            Object before = column("concat(diagnosis, readings, version)");
            unitOfWork.run(em -> {
                Patient managed = em.find(Patient.class, 1L);
                PendingChanges changes = unitOfWork.current().changes();
                assertThat(changes.isEmpty()).isTrue();
                managed.diagnosis = "common";
                managed.readings.get("pulse").add(99);
                assertThat(changes.modifiedAttributes(managed)).containsExactlyInAnyOrder("diagnosis", "readings");

                changes.revert(managed);

                assertThat(managed.diagnosis).isEqualTo("rare");
                assertThat(managed.readings).isEqualTo(Map.of("pulse", List.of(60)));
                assertThat(changes.isEmpty()).isTrue();
            });

            assertThat(column("concat(diagnosis, readings, version)")).isEqualTo(before);
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
}
