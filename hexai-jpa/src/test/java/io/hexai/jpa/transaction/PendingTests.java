package io.hexai.jpa.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.hexai.jpa.testing.TestFactory;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.PostPersist;
import jakarta.persistence.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** Documents with sections, embeddables, JSON and collections, of which the first is stored. */
abstract class PendingTests {

    @Entity(name = "PendingDocument")
    static class Document {
        @Id
        String id;

        @Version
        int version;

        @Column(nullable = false)
        String title = "draft";

        @Column(updatable = false)
        String author = "Ann";

        @Embedded
        Place place = new Place();

        @JdbcTypeCode(SqlTypes.JSON)
        Map<String, List<String>> details = new HashMap<>(Map.of("a", new ArrayList<>(List.of("b"))));

        @ElementCollection
        Set<String> tags = new HashSet<>();

        @ElementCollection
        Map<String, Integer> counts = new LinkedHashMap<>();

        @OneToMany(mappedBy = "document", cascade = CascadeType.ALL, orphanRemoval = true)
        List<Section> sections = new ArrayList<>();

        transient boolean inserted;

        protected Document() {}

        Document(String id) {
            this.id = id;
        }

        Section section(String text) {
            Section section = new Section(this, text);
            sections.add(section);
            return section;
        }

        @PostPersist
        void inserted() {
            inserted = true;
        }
    }

    @Embeddable
    static class Place {
        String city = "Bern";
    }

    @Entity(name = "PendingSection")
    static class Section {
        @Id
        @GeneratedValue
        Long id;

        @ManyToOne(optional = false, fetch = FetchType.LAZY)
        Document document;

        @Column(nullable = false)
        String text;

        protected Section() {}

        Section(Document document, String text) {
            this.document = document;
            this.text = text;
        }
    }

    @Entity(name = "PendingStamp")
    static class Stamp {
        @Id
        @GeneratedValue(strategy = GenerationType.IDENTITY)
        Long id;

        String code;

        protected Stamp() {}

        Stamp(String code) {
            this.code = code;
        }
    }

    static TestFactory database;

    UnitOfWork unitOfWork;

    @BeforeAll
    static void start() {
        database = TestFactory.of(Document.class, Section.class, Stamp.class);
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @BeforeEach
    void begin() {
        database.execute(
                "TRUNCATE PendingDocument, PendingDocument_tags, PendingDocument_counts, PendingSection, PendingStamp");
        unitOfWork = UnitOfWork.of(database.factory());
        unitOfWork.run(em -> {
            Document document = new Document("a");
            document.tags.add("first");
            document.counts.put("x", 1);
            document.section("one");
            document.section("two");
            em.persist(document);
        });
    }

    @AfterEach
    void everythingIsGivenBack() {
        assertThat(unitOfWork.isActive()).isFalse();
        assertThat(database.borrowedConnections()).isZero();
    }

    PendingChanges changes() {
        return unitOfWork.current().changes();
    }

    Document found() {
        return unitOfWork.entityManager().find(Document.class, "a");
    }
}
