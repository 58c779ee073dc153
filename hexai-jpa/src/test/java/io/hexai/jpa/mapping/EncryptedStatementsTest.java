package io.hexai.jpa.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Id;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.hibernate.Session;
import org.hibernate.query.criteria.HibernateCriteriaBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every statement that could bring a plain value into an encrypted column, or compare one with it. */
class EncryptedStatementsTest {

    private static final byte[] PLAIN = "s3cret".getBytes(StandardCharsets.UTF_8);

    @Entity(name = "Letter")
    static class Letter {
        @Id
        long id;

        String title = "s3cret";

        byte[] open = PLAIN;

        @Encrypted
        String text = "text";

        @Encrypted
        byte[] scan = {1};

        @Encrypted
        byte[] copy = {2};

        @Encrypted(deterministic = true)
        String sender = "ada";

        @Encrypted(deterministic = true)
        String receiver = "ada";

        @Encrypted(deterministic = true)
        byte[] stamp = {3};
    }

    static TestFactory database;

    UnitOfWork unitOfWork;

    @BeforeAll
    static void start() {
        database = TestFactory.of(Map.of(EncryptionKeys.SETTING, TestKeys.both()), Letter.class);
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @BeforeEach
    void store() {
        database.execute("TRUNCATE letter");
        unitOfWork = UnitOfWork.of(database.factory());
        unitOfWork.run(em -> {
            Letter letter = new Letter();
            letter.id = 1;
            em.persist(letter);
        });
    }

    private void execute(String jpql, Object value) {
        unitOfWork.run(em -> em.createQuery(jpql).setParameter("value", value).executeUpdate());
    }

    private Letter letter(long id) {
        return unitOfWork.call(em -> em.find(Letter.class, id));
    }

    private void assertUntouched() {
        assertThat(database.select("SELECT count(*) FROM letter WHERE position('s3cret'::bytea in"
                        + " text || scan || copy || sender || receiver || stamp) > 0"))
                .containsExactly(0L);
        List<Letter> letters = unitOfWork.call(
                em -> em.createQuery("from Letter", Letter.class).getResultList());
        assertThat(letters).singleElement().satisfies(letter -> {
            assertThat(List.of(letter.text, letter.sender, letter.receiver)).containsExactly("text", "ada", "ada");
            assertThat(List.of(letter.scan[0], letter.copy[0], letter.stamp[0]))
                    .containsExactly((byte) 1, (byte) 2, (byte) 3);
        });
    }

    /** Whatever refuses it, and whatever that says. */
    private void assertRefused(Consumer<EntityManager> work) {
        assertThatThrownBy(() -> unitOfWork.run(work::accept))
                .isInstanceOf(RuntimeException.class)
                .satisfies(e -> assertThat(StackTraces.of(e)).doesNotContain("s3cret"));
        assertUntouched();
    }

    @Nested
    class AnAttributeBoundToItsRow {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "insert into Letter (id, scan) values (2, :value)",
                    "insert into Letter (id, text) values (2, :value)",
                    "insert into Letter (id, scan) values (1, :value) on conflict(id) do update set scan = excluded.scan",
                    "insert into Letter (id, scan) values (1, null) on conflict(id) do update set scan = :value",
                    "insert into Letter (id, scan) select l.id + 1, :value from Letter l",
                    "update Letter l set l.scan = :value",
                    "update Letter l set l.text = :value",
                    "update Letter l set l.scan = coalesce(:value, l.scan)",
                    "update Letter l set l.scan = case when l.id = 1 then :value else l.scan end",
                    "update Letter l set l.title = 'x' where l.scan = :value",
                    "update Letter l set l.title = 'x' where :value = l.text",
                    "delete from Letter l where l.scan <> :value",
                    "delete from Letter l where l.scan is distinct from :value",
                    "delete from Letter l where l.scan between :value and :value",
                    "delete from Letter l where l.scan in (:value)",
                    "delete from Letter l where nullif(l.scan, :value) is null"
                })
        void takesNoParameter(String jpql) {
            for (Object value : new Object[] {PLAIN, "s3cret"}) {
                assertThatExceptionOfType(EncryptedQueryException.class)
                        .isThrownBy(() -> execute(jpql, value))
                        .satisfies(e -> {
                            assertThat(e.entityName()).isEqualTo(Letter.class.getName());
                            assertThat(e.attribute()).isEqualTo(jpql.contains("text") ? "text" : "scan");
                            assertThat(StackTraces.of(e)).doesNotContain("s3cret");
                        })
                        .withMessageContaining("Change it through its entity");
                assertUntouched();
            }
        }

        @Test
        void takesNoParameterWhoseTypeIsGiven() {
            assertRefused(em -> em.unwrap(Session.class)
                    .createMutationQuery("insert into Letter (id, scan) values (2, :value)")
                    .setParameter("value", PLAIN, byte[].class)
                    .executeUpdate());
        }

        @Test
        void takesNoParameterByCriteria() {
            assertRefused(em -> {
                var builder = em.getCriteriaBuilder();
                var update = builder.createCriteriaUpdate(Letter.class);
                update.set(update.from(Letter.class).<byte[]>get("scan"), builder.parameter(byte[].class, "value"));
                em.createQuery(update).setParameter("value", PLAIN).executeUpdate();
            });
            assertRefused(em -> {
                HibernateCriteriaBuilder builder = em.unwrap(Session.class).getCriteriaBuilder();
                var insert = builder.createCriteriaInsertValues(Letter.class);
                insert.setInsertionTargetPaths(
                        List.of(insert.getTarget().get("id"), insert.getTarget().get("scan")));
                insert.values(builder.values(builder.value(2L), builder.value(PLAIN)));
                em.unwrap(Session.class).createMutationQuery(insert).executeUpdate();
            });
            assertRefused(em -> {
                var builder = em.getCriteriaBuilder();
                var query = builder.createQuery(Letter.class);
                query.where(
                        builder.equal(query.from(Letter.class).get("scan"), builder.parameter(byte[].class, "value")));
                em.createQuery(query).setParameter("value", PLAIN).getResultList();
            });
        }

        @Test
        void canBeSetToNull() {
            execute("update Letter l set l.text = null, l.scan = null where l.id = :value", 1L);
            execute("insert into Letter (id, open, scan) values (2, :value, null)", PLAIN);

            assertThat(letter(1).text).isNull();
            assertThat(letter(1).scan).isNull();
            assertThat(letter(2).scan).isNull();
        }
    }

    @Nested
    class ADeterministicAttribute {

        @Test
        void encryptsTheParameterOfEveryStatement() {
            execute("insert into Letter (id, sender) values (2, :value)", "bob");
            execute("insert into Letter (id, stamp) values (3, :value)", PLAIN);
            execute("insert into Letter (id, sender) select 4L, :value from Letter l where l.id = 1", "bob");
            execute(
                    "insert into Letter (id, sender) values (1, :value) on conflict(id) do update set sender = excluded.sender",
                    "eve");
            execute("update Letter l set l.receiver = coalesce(:value, l.receiver) where l.id = 1", "bob");

            assertThat(letter(2).sender).isEqualTo("bob");
            assertThat(letter(3).stamp).isEqualTo(PLAIN);
            assertThat(letter(4).sender).isEqualTo("bob");
            assertThat(letter(1).sender).isEqualTo("eve");
            assertThat(letter(1).receiver).isEqualTo("bob");
            assertThat(database.select("SELECT 1 FROM letter WHERE stamp = 's3cret'::bytea"))
                    .isEmpty();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "insert into Letter (id, sender) values (2, :value)",
                    "insert into Letter (id, sender) select l.id + 1, :value from Letter l",
                    "update Letter l set l.sender = :value",
                    "update Letter l set l.sender = coalesce(:value, l.sender)",
                    "delete from Letter l where l.sender <> :value"
                })
        void takesNoParameterOfAnotherType(String jpql) {
            assertThatExceptionOfType(EncryptedQueryException.class)
                    .isThrownBy(() -> execute(jpql, PLAIN))
                    .satisfies(e -> assertThat(e.attribute()).isEqualTo("sender"))
                    .withMessageContaining("a bound parameter of its own type, String");
            assertUntouched();
        }

        @Test
        void comparesWithTheSameColumnOfAnotherRow() {
            execute("insert into Letter (id, sender) values (2, :value)", "ada");

            List<Long> found = unitOfWork.call(em -> em.createQuery(
                            "select l.id from Letter l join Letter other on l.sender = other.sender and l.id < other.id",
                            Long.class)
                    .getResultList());
            assertThat(found).containsExactly(1L);
        }

        @Test
        void comparesWithNoOtherColumnWhereEqualValuesDiffer() {
            assertRefused(em -> em.createQuery("from Letter l where l.sender = l.receiver", Letter.class)
                    .getResultList());
            assertRefused(em -> em.createQuery("from Letter l where l.stamp = l.open", Letter.class)
                    .getResultList());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "scan", "sender", "stamp"})
    void noneTakesALiteralOrAnotherColumn(String attribute) {
        for (String value : List.of("'s3cret'", "x'733363726574'", "l.open", "l.title", "l.copy", "l.receiver")) {
            assertRefused(em -> em.createQuery("update Letter l set l." + attribute + " = " + value)
                    .executeUpdate());
            assertRefused(em -> em.createQuery(
                            "insert into Letter (id, " + attribute + ") select l.id + 1, " + value + " from Letter l")
                    .executeUpdate());
            assertRefused(em -> em.createQuery("from Letter l where l." + attribute + " = " + value, Letter.class)
                    .getResultList());
        }
        assertRefused(em -> em.createQuery("insert into Letter (id, " + attribute + ") values (2, x'733363726574')")
                .executeUpdate());
        assertRefused(em ->
                em.createQuery("update Letter l set l.open = l." + attribute).executeUpdate());
    }

    @Test
    void sqlThatReturnsEntitiesDecryptsThem() {
        Letter found = unitOfWork.call(em -> (Letter)
                em.createNativeQuery("SELECT * FROM letter", Letter.class).getSingleResult());

        assertThat(found.text).isEqualTo("text");
        assertThat(found.sender).isEqualTo("ada");
    }
}
