package io.hexai.jpa.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.aead.AesGcmParameters;
import io.hexai.jpa.bootstrap.HexaiJpa;
import io.hexai.jpa.database.Config;
import io.hexai.jpa.database.ConfigSource;
import io.hexai.jpa.database.ConfigSpec;
import io.hexai.jpa.database.InvalidConfigException;
import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.testing.TestPostgres;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.util.Map;
import org.hibernate.cfg.AvailableSettings;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class EncryptionKeysTest {

    private static final KeysetHandle KEYS = TestKeys.rows();
    private static final KeysetHandle SEARCH_KEYS = TestKeys.search();

    @Entity(name = "Letter")
    static class Letter {
        @Id
        long id;

        @Encrypted
        String secret = "between you and me";

        @Encrypted(deterministic = true)
        String recipient = "ada@example.org";

        protected Letter() {}

        Letter(long id) {
            this.id = id;
        }
    }

    /** A part of the key itself, as it stands in the JSON of a keyset. */
    private static String keyIn(String json) {
        String value = json.substring(json.indexOf("\"value\":\"") + 9);
        return value.substring(0, value.indexOf('"'));
    }

    private static void assertReadsWhatItWrote(UnitOfWork unitOfWork) {
        unitOfWork.run(em -> em.persist(new Letter(1)));
        assertThat(unitOfWork.call(em -> em.find(Letter.class, 1L)).secret).isEqualTo("between you and me");
    }

    @Nested
    class OfAFactory {

        @Test
        void areGivenByTheBuilder() {
            String url = TestPostgres.newDatabase();
            try (HexaiJpa hexaiJpa = HexaiJpa.builder(PostgresConfig.fromUrl(url))
                    .entities(Letter.class)
                    .property(AvailableSettings.JAKARTA_HBM2DDL_DATABASE_ACTION, "create")
                    .encryption(EncryptionKeys.of(KEYS).withSearchKeys(SEARCH_KEYS))
                    .build()) {
                assertReadsWhatItWrote(hexaiJpa.unitOfWork());
            } finally {
                TestPostgres.dropDatabase(url);
            }
        }

        @Test
        void areReadFromTheVariablesThatAPropertyNames() {
            System.setProperty("LETTERS_ENCRYPTION_KEYS", TestKeys.json(KEYS));
            System.setProperty("LETTERS_SEARCH_KEYS", TestKeys.json(SEARCH_KEYS));
            try (TestFactory database = TestFactory.of(Map.of(EncryptionKeys.SETTING, "LETTERS"), Letter.class)) {
                assertReadsWhatItWrote(UnitOfWork.of(database.factory()));
            } finally {
                System.clearProperty("LETTERS_ENCRYPTION_KEYS");
                System.clearProperty("LETTERS_SEARCH_KEYS");
            }
        }

        @Test
        void canBeInstalledLaterAndAreMissedAtTheFirstUse() {
            try (TestFactory database = TestFactory.of(Letter.class)) {
                UnitOfWork unitOfWork = UnitOfWork.of(database.factory());
                assertThatExceptionOfType(MissingEncryptionKeysException.class)
                        .isThrownBy(() -> unitOfWork.run(em -> em.persist(new Letter(1))))
                        .satisfies(e -> assertThat(e.attribute()).isEqualTo("secret"))
                        .satisfies(e -> assertThat(e.entityName()).isEqualTo(Letter.class.getName()));

                Encryption.install(database.factory(), EncryptionKeys.of(KEYS).withSearchKeys(SEARCH_KEYS));
                assertReadsWhatItWrote(unitOfWork);
            }
        }

        @Test
        void areAnErrorOfTheBuildIfTheyAreNeitherKeysNorAPrefix() {
            assertThatThrownBy(() -> TestFactory.of(Map.of(EncryptionKeys.SETTING, 42), Letter.class))
                    .hasStackTraceContaining("holds a java.lang.Integer");
        }
    }

    @Nested
    class FromConfiguration {

        private final ConfigSpec<EncryptionKeys> spec = EncryptionKeys.spec("LETTERS");

        private EncryptionKeys load(Map<String, String> variables) {
            return Config.load(ConfigSource.of(variables), spec).get(spec);
        }

        @Test
        void needTheSecondVariableOnlyForSearching() {
            String json = TestKeys.json(KEYS);

            assertThat(load(Map.of("LETTERS_ENCRYPTION_KEYS", json)).searchKeys())
                    .isNull();
            assertThat(load(Map.of("LETTERS_ENCRYPTION_KEYS", json, "LETTERS_SEARCH_KEYS", TestKeys.json(SEARCH_KEYS)))
                            .searchKeys())
                    .isNotNull();
        }

        @Test
        void areNamedWhenTheyAreMissing() {
            assertThatThrownBy(() -> load(Map.of()))
                    .isInstanceOf(InvalidConfigException.class)
                    .hasMessageContaining("LETTERS_ENCRYPTION_KEYS is not set");
        }

        @Test
        void areNotRepeatedWhenTheyAreWrong() {
            String json = TestKeys.json(KEYS);
            String broken = json.substring(0, json.length() - 3);

            assertThatThrownBy(() -> load(Map.of("LETTERS_ENCRYPTION_KEYS", broken)))
                    .isInstanceOf(InvalidConfigException.class)
                    .hasMessageContaining("LETTERS_ENCRYPTION_KEYS is wrong")
                    .satisfies(e -> assertThat(StackTraces.of(e)).doesNotContain(keyIn(json)));
            assertThatThrownBy(() -> load(Map.of("LETTERS_ENCRYPTION_KEYS", json, "LETTERS_SEARCH_KEYS", json)))
                    .isInstanceOf(InvalidConfigException.class)
                    .hasMessageContaining("LETTERS_SEARCH_KEYS is wrong")
                    .satisfies(e -> assertThat(StackTraces.of(e)).doesNotContain(keyIn(json)));
        }

        @Test
        void areRefusedIfTheirCiphertextsWouldNotTellTheKey() throws Exception {
            KeysetHandle raw = TestKeys.generate(AesGcmParameters.builder()
                    .setIvSizeBytes(12)
                    .setKeySizeBytes(32)
                    .setTagSizeBytes(16)
                    .setVariant(AesGcmParameters.Variant.NO_PREFIX)
                    .build());

            assertThatThrownBy(() -> EncryptionKeys.of(raw)).hasMessageContaining("prefix TINK");
        }
    }

    @Nested
    class Secrets {

        @Test
        void areInNoText() {
            String json = TestKeys.json(KEYS);
            EncryptionKeys keys = EncryptionKeys.fromJson(json).withSearchKeys(SEARCH_KEYS);

            assertThat(keys.toString())
                    .isEqualTo("EncryptionKeys[rows, search]")
                    .doesNotContain(keyIn(json));
            assertThat(EncryptedValue.ofPlain("plain".getBytes()).toString()).doesNotContain("plain");
        }

        @Test
        void areInNoLogHoweverMuchIsLogged() {
            Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
            Logger hibernate = (Logger) LoggerFactory.getLogger("org.hibernate");
            Level before = hibernate.getLevel();
            ListAppender<ILoggingEvent> log = new ListAppender<>();
            log.start();
            root.addAppender(log);
            boolean additive = hibernate.isAdditive();
            hibernate.setAdditive(false);
            hibernate.addAppender(log);
            hibernate.setLevel(Level.TRACE);
            String json = TestKeys.json(KEYS);
            try (TestFactory database = TestFactory.of(
                    Map.of(EncryptionKeys.SETTING, EncryptionKeys.fromJson(json).withSearchKeys(SEARCH_KEYS)),
                    Letter.class)) {
                UnitOfWork unitOfWork = UnitOfWork.of(database.factory());
                assertReadsWhatItWrote(unitOfWork);
                unitOfWork.run(em -> em.createQuery("from Letter l where l.recipient = :value", Letter.class)
                        .setParameter("value", "ada@example.org")
                        .getSingleResult());
                database.execute("UPDATE letter SET secret = recipient");
                assertThatThrownBy(() -> unitOfWork.run(em -> em.find(Letter.class, 1L)))
                        .isInstanceOf(EncryptedAttributeException.class);
            } finally {
                hibernate.setLevel(before);
                hibernate.setAdditive(additive);
                hibernate.detachAppender(log);
                root.detachAppender(log);
            }

            assertThat(log.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .anyMatch(line -> line.contains("insert into Letter"))
                    .noneMatch(line -> line.contains("between you and me"))
                    .noneMatch(line -> line.contains("ada@example.org"))
                    .noneMatch(line -> line.contains(keyIn(json)));
        }
    }
}
