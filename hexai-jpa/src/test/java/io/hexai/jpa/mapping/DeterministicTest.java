package io.hexai.jpa.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.crypto.tink.KeysetHandle;
import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Version;
import java.util.List;
import java.util.Map;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.query.restriction.Restriction;
import org.hibernate.query.specification.SelectionSpecification;
import org.hibernate.type.Type;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeterministicTest {

    @Embeddable
    static class Contact {
        @Encrypted(deterministic = true)
        String phone;
    }

    @Entity(name = "Login")
    static class Login {
        @Id
        @GeneratedValue(strategy = GenerationType.IDENTITY)
        Long id;

        @Version
        int version;

        @Encrypted(deterministic = true)
        @Column(unique = true)
        String email;

        @Encrypted(deterministic = true)
        byte[] fingerprint;

        @Embedded
        Contact contact = new Contact();

        protected Login() {}

        Login(String email) {
            this.email = email;
        }
    }

    static TestFactory database;

    UnitOfWork unitOfWork;
    KeysetHandle keys = TestKeys.search();

    @BeforeAll
    static void start() {
        database = TestFactory.of(Login.class);
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @BeforeEach
    void begin() {
        database.execute("TRUNCATE login");
        unitOfWork = UnitOfWork.of(database.factory());
        use(keys);
    }

    private static void use(KeysetHandle keys) {
        Encryption.install(
                database.factory(), EncryptionKeys.of(TestKeys.rows()).withSearchKeys(keys));
    }

    private Login stored(Login login) {
        unitOfWork.run(em -> em.persist(login));
        return login;
    }

    private List<Login> find(String condition, Object value) {
        return unitOfWork.call(em -> em.createQuery("from Login l where " + condition, Login.class)
                .setParameter("value", value)
                .getResultList());
    }

    @Test
    void isPlainInMemoryAndSealedInItsColumn() {
        Login login = new Login("ada@example.org");
        login.fingerprint = new byte[] {1, 2};
        login.contact.phone = "123";
        stored(login);

        Login found = unitOfWork.call(em -> em.find(Login.class, login.id));
        assertThat(found.email).isEqualTo("ada@example.org");
        assertThat(found.fingerprint).containsExactly(1, 2);
        assertThat(found.contact.phone).isEqualTo("123");
        assertThat((String) database.select("SELECT encode(email, 'escape') || encode(phone, 'escape') FROM login")
                        .get(0))
                .doesNotContain("ada", "123");
    }

    @Test
    void isFoundByEqualValues() {
        Login login = new Login("ada@example.org");
        login.fingerprint = new byte[] {1, 2};
        login.contact.phone = "123";
        stored(login);
        stored(new Login("bob@example.org"));

        assertThat(find("l.email = :value", "ada@example.org")).hasSize(1);
        assertThat(find("l.email in :value", List.of("ada@example.org", "bob@example.org")))
                .hasSize(2);
        assertThat(find("l.fingerprint = :value", new byte[] {1, 2})).hasSize(1);
        assertThat(find("l.contact.phone = :value", "123")).hasSize(1);
        assertThat(find("l.email = :value", "eve@example.org")).isEmpty();
        List<Login> byCriteria = unitOfWork.call(em -> {
            var builder = em.getCriteriaBuilder();
            var query = builder.createQuery(Login.class);
            query.where(builder.equal(query.from(Login.class).get("email"), "ada@example.org"));
            return em.createQuery(query).getResultList();
        });
        assertThat(byCriteria).hasSize(1);
    }

    @Test
    void canBeSelectedByItself() {
        stored(new Login("ada@example.org"));

        List<String> emails = unitOfWork.call(em ->
                em.createQuery("select l.email from Login l", String.class).getResultList());
        assertThat(emails).containsExactly("ada@example.org");
    }

    @Test
    void keepsUniqueConstraintsAtWork() {
        stored(new Login("ada@example.org"));

        assertThatThrownBy(() -> stored(new Login("ada@example.org"))).hasMessageContaining("login_email_key");
    }

    @Test
    void isNotWrittenBecauseItWasRead() {
        Login login = new Login("");
        login.fingerprint = new byte[] {1};
        stored(login);
        unitOfWork.run(em -> em.find(Login.class, login.id).fingerprint = new byte[] {1});
        assertThat(database.select("SELECT version FROM login")).containsExactly(0);

        unitOfWork.run(em -> em.find(Login.class, login.id).fingerprint[0] = 2);
        assertThat(find("l.fingerprint = :value", new byte[] {2})).hasSize(1);
        assertThat(find("l.email = :value", "")).hasSize(1);
    }

    @Test
    void isEncryptedByAnUpdateInJpql() {
        stored(new Login("ada@example.org"));
        unitOfWork.run(em -> em.createQuery("update Login l set l.email = :value")
                .setParameter("value", "bob@example.org")
                .executeUpdate());

        assertThat(find("l.email = :value", "bob@example.org")).hasSize(1);
    }

    @Test
    void neverReachesTheDatabaseAsAPlainLiteral() {
        stored(new Login("ada@example.org"));
        try {
            unitOfWork.run(em -> em.createQuery("update Login l set l.email = 'plain@example.org'")
                    .executeUpdate());
        } catch (RuntimeException refused) {
            assertThat(find("l.email = :value", "ada@example.org")).hasSize(1);
        }

        assertThat((String) database.select("SELECT encode(email, 'escape') FROM login")
                        .get(0))
                .doesNotContain("plain");
    }

    @Test
    void comparesOnlyWithItsOwnType() {
        assertThatThrownBy(() -> find("l.email = :value", 42)).isInstanceOf(EncryptedQueryException.class);
        assertThatThrownBy(() -> find("l.email like :value", "ada%")).isInstanceOf(RuntimeException.class);
    }

    @Test
    void isRefusedInAnotherColumnOrAltered() {
        Login login = stored(new Login("ada@example.org"));
        database.execute("UPDATE login SET phone = email");
        assertThatThrownBy(() -> unitOfWork.call(em -> em.find(Login.class, login.id)))
                .isInstanceOf(EncryptedAttributeException.class)
                .hasMessageContaining("'phone'");

        database.execute("UPDATE login SET phone = null, email = set_byte(email, 9, get_byte(email, 9) # 1)");
        assertThatThrownBy(() -> unitOfWork.call(em -> em.find(Login.class, login.id)))
                .isInstanceOf(EncryptedAttributeException.class)
                .hasMessageContaining("'email'");
    }

    @Test
    void isFoundUnderOldAndNewKeysDuringARotation() {
        Login login = new Login("ada@example.org");
        login.contact.phone = "123";
        stored(login);
        stored(new Login("bob@example.org"));
        use(TestKeys.rotated(keys));
        stored(new Login("eve@example.org"));
        Encryption encryption = Encryption.of(database.factory());
        Restriction<Login> ada = encryption.equalTo(Login.class, "email", "ada@example.org");
        Restriction<Login> phone = encryption.equalTo(Login.class, "contact.phone", "123");
        Restriction<Login> eve = encryption.equalTo(Login.class, "email", "eve@example.org");

        assertThat(find("l.email = :value", "ada@example.org")).isEmpty();
        assertThat(emails(ada)).containsExactly("ada@example.org");
        assertThat(emails(phone.and(ada))).containsExactly("ada@example.org");
        assertThat(emails(ada.negated())).containsExactlyInAnyOrder("bob@example.org", "eve@example.org");
        assertThat(emails(eve)).containsExactly("eve@example.org");
        assertThat(ada.toString()).doesNotContain("ada");
        assertThatThrownBy(() -> encryption.equalTo(Login.class, "version", 1))
                .isInstanceOf(IllegalArgumentException.class);

        ReEncryption.of(unitOfWork).run();
        assertThat(find("l.email = :value", "ada@example.org")).hasSize(1);
        assertThat(emails(ada)).hasSize(1);
    }

    private List<String> emails(Restriction<Login> restriction) {
        return unitOfWork.call(em -> SelectionSpecification.create(Login.class)
                .restrict(restriction)
                .createQuery(em)
                .getResultStream()
                .map(login -> login.email)
                .toList());
    }

    @Test
    void isSealedInTheSecondLevelCache() {
        SessionFactoryImplementor factory = database.factory().unwrap(SessionFactoryImplementor.class);
        EntityPersister persister = factory.getMappingMetamodel().getEntityDescriptor(Login.class);
        Type type = persister.getPropertyTypes()[persister.getPropertyIndex("email")];
        unitOfWork.run(em -> {
            SharedSessionContractImplementor session = em.unwrap(SharedSessionContractImplementor.class);
            Object cached = type.disassemble("ada@example.org", session, null);
            assertThat(cached).isInstanceOf(byte[].class);
            assertThat(type.assemble((byte[]) cached, session, null)).isEqualTo("ada@example.org");
        });
    }

    @Test
    void needsSearchKeys() {
        try (TestFactory other =
                TestFactory.of(Map.of(EncryptionKeys.SETTING, EncryptionKeys.of(TestKeys.rows())), Login.class)) {
            assertThatThrownBy(() -> UnitOfWork.of(other.factory()).run(em -> em.persist(new Login("x"))))
                    .isInstanceOf(MissingEncryptionKeysException.class)
                    .hasMessageContaining("search keys for the attribute 'email'");
        }
    }
}
