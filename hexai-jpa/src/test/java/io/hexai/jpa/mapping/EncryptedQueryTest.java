package io.hexai.jpa.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.transaction.UnitOfWork;
import java.util.List;
import org.hibernate.Session;
import org.hibernate.query.QueryTypeMismatchException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class EncryptedQueryTest extends EncryptionTests {

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
