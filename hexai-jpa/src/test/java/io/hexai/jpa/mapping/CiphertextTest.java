package io.hexai.jpa.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.transaction.UnitOfWork;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What becomes of a stored value that somebody else has touched. */
class CiphertextTest extends EncryptionTests {

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
}
