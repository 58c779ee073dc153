package io.hexai.jpa.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.AttributeOverride;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Converter;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.Lob;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.Table;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hibernate.SessionFactory;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.OptimisticLockType;
import org.hibernate.annotations.OptimisticLocking;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.hibernate.type.SqlTypes;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Where in a mapping an encrypted attribute can lie, and to what its value is bound there. */
class EncryptedPlacesTest {

    @MappedSuperclass
    static class Confidential {
        @Id
        long id;

        @Encrypted
        String secret;

        @Encrypted(deterministic = true)
        String key;
    }

    @Entity(name = "Contract")
    static class Contract extends Confidential {}

    @Entity(name = "Offer")
    @AttributeOverride(name = "secret", column = @Column(name = "terms"))
    static class Offer extends Confidential {
        @ElementCollection
        Set<String> tags = Set.of("urgent");
    }

    @Entity(name = "Vehicle")
    @Inheritance(strategy = InheritanceType.SINGLE_TABLE)
    static class Vehicle {
        @Id
        long id;

        @Encrypted
        String plate;
    }

    @Entity(name = "Truck")
    static class Truck extends Vehicle {
        @Encrypted
        String cargo;
    }

    @Entity(name = "OldNote")
    @Table(name = "note")
    static class OldNote {
        @Id
        long id;

        @Encrypted
        String text;

        @Encrypted(deterministic = true)
        String topic;
    }

    @Entity(name = "NewNote")
    @Table(name = "remark")
    static class NewNote {
        @Id
        long id;

        @Encrypted(table = "note", column = "text")
        @Column(name = "words")
        String text;

        @Encrypted(deterministic = true, table = "note", column = "topic")
        @Column(name = "subject")
        String topic;
    }

    @Entity(name = "ForgetfulNote")
    @Table(name = "remark")
    static class ForgetfulNote {
        @Id
        long id;

        @Encrypted
        @Column(name = "words")
        String text;
    }

    record GrantId(String reader, int document) {}

    @Entity(name = "Access")
    @IdClass(GrantId.class)
    static class Access {
        @Id
        String reader;

        @Id
        int document;

        @Encrypted
        String reason;
    }

    enum Level {
        LOW,
        HIGH
    }

    @Converter(autoApply = true)
    static class Upper implements AttributeConverter<Level, String> {
        @Override
        public String convertToDatabaseColumn(Level level) {
            return level == null ? null : level.name();
        }

        @Override
        public Level convertToEntityAttribute(String name) {
            return name == null ? null : Level.valueOf(name);
        }
    }

    @Entity(name = "Declared")
    static class Declared {
        @Id
        long id = 1;

        @Encrypted
        @Lob
        String longText = "long";

        @Encrypted(deterministic = true)
        @Lob
        String longKey = "key";

        @Encrypted
        @JdbcTypeCode(SqlTypes.JSON)
        Map<String, List<Integer>> json = Map.of("a", List.of(1));

        @Encrypted
        @Enumerated(EnumType.STRING)
        @Convert(disableConversion = true)
        Level level = Level.HIGH;
    }

    @Entity(name = "Compared")
    @DynamicUpdate
    @OptimisticLocking(type = OptimisticLockType.ALL)
    static class Compared {
        @Id
        long id = 1;

        String name = "first";

        @Encrypted
        String secret = "one";

        @Encrypted(deterministic = true)
        String key = "one";
    }

    static final EncryptionKeys KEYS = TestKeys.both();

    static TestFactory database;

    UnitOfWork unitOfWork;

    @BeforeAll
    static void start() {
        database = TestFactory.of(
                Map.of(EncryptionKeys.SETTING, KEYS),
                Contract.class,
                Offer.class,
                Vehicle.class,
                Truck.class,
                OldNote.class,
                Access.class,
                Upper.class,
                Declared.class,
                Compared.class);
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @BeforeEach
    void begin() {
        database.execute("TRUNCATE contract, offer, offer_tags, vehicle, note, access, declared, compared");
        unitOfWork = UnitOfWork.of(database.factory());
    }

    private <T extends Confidential> T stored(T entity, long id, String secret) {
        entity.id = id;
        entity.secret = secret;
        entity.key = secret;
        unitOfWork.run(em -> em.persist(entity));
        return entity;
    }

    private void assertUnreadable(Class<?> entity, Object id, String attribute) {
        assertThatExceptionOfType(EncryptedAttributeException.class)
                .isThrownBy(() -> unitOfWork.run(em -> em.find(entity, id)))
                .satisfies(e -> assertThat(e.attribute()).isEqualTo(attribute));
    }

    @Nested
    class InAMappedSuperclass {

        @Test
        void belongsToTheTableAndColumnOfEachEntity() {
            stored(new Contract(), 1, "contract");
            stored(new Offer(), 1, "offer");

            assertThat(unitOfWork.call(em -> em.find(Contract.class, 1L)).secret)
                    .isEqualTo("contract");
            Offer offer = unitOfWork.call(em -> em.find(Offer.class, 1L));
            assertThat(List.of(offer.secret, offer.key)).containsExactly("offer", "offer");

            database.execute("UPDATE contract SET secret = (SELECT terms FROM offer)");
            assertUnreadable(Contract.class, 1L, "secret");
            database.execute("UPDATE contract SET secret = null, key = (SELECT key FROM offer)");
            assertUnreadable(Contract.class, 1L, "key");
        }

        @Test
        void isFoundByTheKeyOfEachEntity() {
            stored(new Contract(), 1, "same");
            stored(new Offer(), 1, "same");

            for (Class<?> entity : List.of(Contract.class, Offer.class)) {
                List<Long> found = unitOfWork.call(em -> em.createQuery(
                                "select e.id from " + entity.getSimpleName() + " e where e.key = :key", Long.class)
                        .setParameter("key", "same")
                        .getResultList());
                assertThat(found).containsExactly(1L);
            }
            assertThat(database.select("SELECT 1 FROM contract JOIN offer USING (key)"))
                    .isEmpty();
        }
    }

    @Nested
    class InASingleTable {

        @Test
        void belongsToTheRowWhateverItsClass() {
            Vehicle vehicle = new Vehicle();
            vehicle.id = 1;
            vehicle.plate = "V 1";
            Truck truck = new Truck();
            truck.id = 2;
            truck.plate = "T 2";
            truck.cargo = "gold";
            unitOfWork.run(em -> {
                em.persist(vehicle);
                em.persist(truck);
            });

            Truck found = (Truck) unitOfWork.call(em -> em.find(Vehicle.class, 2L));
            assertThat(List.of(found.plate, found.cargo)).containsExactly("T 2", "gold");

            database.execute("UPDATE vehicle SET plate = (SELECT cargo FROM vehicle WHERE id = 2) WHERE id = 2");
            assertUnreadable(Vehicle.class, 2L, "plate");
            database.execute("UPDATE vehicle v SET plate = (SELECT plate FROM vehicle WHERE id <> v.id)");
            assertUnreadable(Vehicle.class, 1L, "plate");
        }
    }

    @Nested
    class InARowWithACompositeIdentifier {

        @Test
        void belongsToAllPartsOfTheIdentifier() {
            unitOfWork.run(em -> {
                em.persist(access("a", 1));
                em.persist(access("a", 2));
                em.persist(access("b", 1));
            });

            assertThat(unitOfWork.call(em -> em.find(Access.class, new GrantId("a", 2))).reason)
                    .isEqualTo("a2");

            database.execute("UPDATE access SET reason = (SELECT reason FROM access WHERE reader = 'b')"
                    + " WHERE reader = 'a'");
            assertUnreadable(Access.class, new GrantId("a", 1), "reason");
            assertUnreadable(Access.class, new GrantId("a", 2), "reason");
        }

        private static Access access(String reader, int document) {
            Access access = new Access();
            access.reader = reader;
            access.document = document;
            access.reason = reader + document;
            return access;
        }
    }

    @Nested
    class InATableThatIsRenamed {

        @Test
        void staysReadableUnderItsOldNamesAndOnlyThese() {
            OldNote note = new OldNote();
            note.id = 1;
            note.text = "text";
            note.topic = "topic";
            unitOfWork.run(em -> em.persist(note));
            database.execute("CREATE TABLE remark AS SELECT id, text AS words, topic AS subject FROM note");

            try (SessionFactory renamed = new HibernatePersistenceConfiguration("renamed")
                    .managedClasses(NewNote.class, ForgetfulNote.class)
                    .property(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, database.pool())
                    .property(EncryptionKeys.SETTING, KEYS)
                    .createEntityManagerFactory()) {
                UnitOfWork ofRenamed = UnitOfWork.of(renamed);
                ofRenamed.run(em -> {
                    NewNote found = em.createQuery("from NewNote n where n.topic = :topic", NewNote.class)
                            .setParameter("topic", "topic")
                            .getSingleResult();
                    assertThat(found.text).isEqualTo("text");
                    found.text = "changed";
                });
                assertThat(ofRenamed.call(em -> em.find(NewNote.class, 1L)).text)
                        .isEqualTo("changed");
                assertThatExceptionOfType(EncryptedAttributeException.class)
                        .isThrownBy(() -> ofRenamed.run(em -> em.find(ForgetfulNote.class, 1L)));
            } finally {
                database.execute("DROP TABLE remark");
            }
        }
    }

    @Nested
    class WithOtherAnnotations {

        @Test
        void isStillBytesOfItsColumn() {
            unitOfWork.run(em -> em.persist(new Declared()));

            assertThat(database.select("SELECT DISTINCT data_type FROM information_schema.columns"
                            + " WHERE table_name = 'declared' AND column_name <> 'id'"))
                    .containsExactly("bytea");
            Declared found = unitOfWork.call(em -> em.find(Declared.class, 1L));
            assertThat(found).usingRecursiveComparison().isEqualTo(new Declared());
        }

        @Test
        void passesTheValidationOfTheSchema() {
            database.factory().getSchemaManager().validateMappedObjects();
        }

        @Test
        void takesPartInOptimisticLockingByAllAttributes() {
            unitOfWork.run(em -> em.persist(new Compared()));
            unitOfWork.run(em -> em.find(Compared.class, 1L).name = "second");
            unitOfWork.run(em -> {
                Compared compared = em.find(Compared.class, 1L);
                compared.secret = "two";
                compared.key = "two";
            });

            Compared found = unitOfWork.call(em -> em.find(Compared.class, 1L));
            assertThat(List.of(found.name, found.secret, found.key)).containsExactly("second", "two", "two");
        }
    }
}
