package io.hexai.jpa.mapping;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.testing.TestPostgres;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Converter;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Version;
import java.sql.Types;
import java.time.LocalDate;
import java.util.List;
import org.hibernate.annotations.NaturalId;
import org.hibernate.annotations.Type;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.hibernate.usertype.UserTypeSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Attributes that cannot be encrypted: the factory is not built, and the error names them. */
class EncryptionRefusalsTest {

    @Entity(name = "Identity")
    static class Identity {
        @Id
        @GeneratedValue(strategy = GenerationType.IDENTITY)
        Long id;

        @Encrypted
        String secret;
    }

    @Entity(name = "Dated")
    static class Dated {
        @Id
        LocalDate id;

        @Encrypted
        String secret;
    }

    @Entity(name = "Identifier")
    static class Identifier {
        @Id
        @Encrypted
        String secret;
    }

    @Entity(name = "Versioned")
    static class Versioned {
        @Id
        long id;

        @Version
        @Encrypted
        int secret;
    }

    @Entity(name = "Natural")
    static class Natural {
        @Id
        long id;

        @NaturalId
        @Encrypted
        String secret;
    }

    @Embeddable
    static class Part {
        @Encrypted
        String secret;
    }

    @Entity(name = "Embedding")
    static class Embedding {
        @Id
        long id;

        @Embedded
        Part part;
    }

    @Entity(name = "Elements")
    static class Elements {
        @Id
        long id;

        @ElementCollection
        @Encrypted
        List<String> secret;
    }

    @Embeddable
    static class SearchablePart {
        @Encrypted(deterministic = true)
        String secret;
    }

    @Entity(name = "EmbeddedElements")
    static class EmbeddedElements {
        @Id
        long id;

        @ElementCollection
        List<SearchablePart> parts;
    }

    @Entity(name = "Associated")
    static class Associated {
        @Id
        long id;

        @ManyToOne
        @Encrypted
        Associated secret;
    }

    @Entity(name = "SearchableJson")
    static class SearchableJson {
        @Id
        long id;

        @Encrypted(deterministic = true)
        List<String> secret;
    }

    @Entity(name = "Twice")
    static class Twice {
        @Id
        long id;

        @Encrypted
        String secret;

        @Encrypted(column = "secret")
        @Column(name = "other")
        String other;
    }

    @Entity(name = "Converted")
    static class Converted {
        @Id
        long id;

        @Encrypted(deterministic = true)
        @Convert(converter = Trimming.class)
        String secret;
    }

    @Converter
    static class Trimming implements AttributeConverter<String, String> {

        @Override
        public String convertToDatabaseColumn(String value) {
            return value == null ? null : value.trim();
        }

        @Override
        public String convertToEntityAttribute(String value) {
            return value;
        }
    }

    static class PlainText extends UserTypeSupport<String> {

        PlainText() {
            super(String.class, Types.VARCHAR);
        }
    }

    @Entity(name = "Typed")
    static class Typed {
        @Id
        long id;

        @Encrypted(deterministic = true)
        @Type(PlainText.class)
        String secret;
    }

    static String jdbcUrl;

    @BeforeAll
    static void start() {
        jdbcUrl = TestPostgres.newDatabase();
    }

    @AfterAll
    static void stop() {
        TestPostgres.dropDatabase(jdbcUrl);
    }

    private static void assertRefused(Class<?> entity, String attribute, String why) {
        assertThatThrownBy(() -> new HibernatePersistenceConfiguration("refused")
                        .managedClass(entity)
                        .property(AvailableSettings.JAKARTA_JDBC_URL, jdbcUrl)
                        .createEntityManagerFactory()
                        .close())
                .hasStackTraceContaining("The attribute '" + attribute + "' of " + entity.getName())
                .hasStackTraceContaining(why);
    }

    @Test
    void rowsWithoutAnIdentifierBeforeTheirInsertion() {
        assertRefused(Identity.class, "secret", "generates during the insertion");
    }

    @Test
    void identifiersWithoutAStableText() {
        assertRefused(Dated.class, "secret", "java.time.LocalDate");
    }

    @Test
    void identifiers() {
        assertRefused(Identifier.class, "secret", "identifier");
    }

    @Test
    void versions() {
        assertRefused(Versioned.class, "secret", "version");
    }

    @Test
    void naturalIdentifiers() {
        assertRefused(Natural.class, "secret", "natural identifier");
    }

    @Test
    void attributesOfEmbeddables() {
        assertRefused(Embedding.class, "secret", "embeddable");
    }

    @Test
    void elementsOfCollections() {
        assertRefused(Elements.class, "secret", "collection");
        assertRefused(EmbeddedElements.class, "secret", "elements of 'parts'");
    }

    @Test
    void associations() {
        assertRefused(Associated.class, "secret", "association");
    }

    @Test
    void jsonThatIsToBeSearched() {
        assertRefused(SearchableJson.class, "secret", "only texts and byte arrays");
    }

    @Test
    void attributesThatAConverterOrATypeOfTheirOwnWouldWriteInPlain() {
        assertRefused(Converted.class, "secret", "has a converter");
        assertRefused(Typed.class, "secret", "has a type of its own");
    }

    @Test
    void twoAttributesThatCouldBeExchanged() {
        assertRefused(Twice.class, "secret", "same table and column");
    }
}
