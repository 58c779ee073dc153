package io.hexai.jpa.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import org.hibernate.collection.spi.PersistentCollection;
import org.hibernate.type.SqlTypes;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PendingChangesTest {

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

    private static TestFactory database;

    private UnitOfWork unitOfWork;

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

    private PendingChanges changes() {
        return unitOfWork.current().changes();
    }

    private Document found() {
        return unitOfWork.entityManager().find(Document.class, "a");
    }

    @Nested
    class AnUntouchedEntity {

        @Test
        void hasNoChanges() {
            unitOfWork.run(() -> {
                Document document = found();

                assertThat(changes().isManaged(document)).isTrue();
                assertThat(changes().isNew(document)).isFalse();
                assertThat(changes().isModified(document)).isFalse();
                assertThat(changes().isRemoved(document)).isFalse();
                assertThat(changes().modifiedAttributes(document)).isEmpty();
                assertThat(changes().isEmpty()).isTrue();
                changes().revert(document);
                assertThat(changes().isEmpty()).isTrue();
            });
            assertThat(database.select("SELECT version FROM PendingDocument")).containsExactly(0);
        }
    }

    @Nested
    class AModifiedEntity {

        @Test
        void namesItsAttributes() {
            unitOfWork.run(() -> {
                Document document = found();
                document.title = "final";
                assertThat(changes().modifiedAttributes(document)).containsExactly("title");
                document.place.city = "Basel";
                document.details.get("a").add("c");
                document.tags.remove("first");
                document.counts.put("x", 2);
                document.section("three");

                assertThat(changes().modifiedAttributes(document))
                        .containsExactlyInAnyOrder("title", "place", "details", "tags", "counts", "sections");
                assertThat(changes().isModified(document)).isTrue();
                assertThat(changes().isNew(document)).isFalse();
                assertThat(changes().isEmpty()).isFalse();
            });
        }

        @Test
        void isNoneOnceTheOldValueIsBack() {
            unitOfWork.run(() -> {
                Document document = found();
                document.title = "final";
                document.title = new String("draft");
                document.details = new HashMap<>(Map.of("a", List.of("b")));
                document.tags.remove("first");
                document.tags.add("first");

                assertThat(changes().modifiedAttributes(document)).doesNotContain("title", "details");
            });
        }

        @Test
        void isNoneForAnAttributeThatIsNeverUpdated() {
            unitOfWork.run(() -> {
                Document document = found();
                document.author = "Bob";
                assertThat(changes().isModified(document)).isFalse();
            });
            assertThat(database.select("SELECT author FROM PendingDocument")).containsExactly("Ann");
        }

        @Test
        void isNoneOnceItWasFlushed() {
            unitOfWork.run(em -> {
                Document document = found();
                document.title = "final";
                document.details.put("z", List.of());
                em.flush();

                assertThat(changes().isModified(document)).isFalse();
                assertThat(changes().isEmpty()).isTrue();
            });
        }

        @Test
        void isRevertedWithItsCollections() {
            unitOfWork.run(em -> {
                Document document = found();
                document.title = "final";
                document.place.city = "Basel";
                document.details.get("a").add("c");
                document.tags.add("second");
                document.counts.put("x", 2);
                document.sections.remove(0);
                document.section("three");

                changes().revert(document);

                assertThat(document.title).isEqualTo("draft");
                assertThat(document.place.city).isEqualTo("Bern");
                assertThat(document.details).isEqualTo(Map.of("a", List.of("b")));
                assertThat(document.tags).containsExactly("first");
                assertThat(document.counts).isEqualTo(Map.of("x", 1));
                assertThat(document.sections)
                        .extracting(section -> section.text)
                        .containsExactly("one", "two");
                assertThat(changes().isEmpty()).isTrue();
            });
            assertThat(database.select("SELECT version FROM PendingDocument")).containsExactly(0);
            assertThat(database.select("SELECT count(*) FROM PendingSection")).containsExactly(2L);
        }

        @Test
        void isRevertedIfACollectionWasExchanged() {
            unitOfWork.run(() -> {
                Document document = found();
                document.tags = new HashSet<>(Set.of("other"));

                changes().revert(document);

                assertThat(document.tags).containsExactly("first");
                assertThat(changes().isEmpty()).isTrue();
            });
            assertThat(database.select("SELECT tags FROM PendingDocument_tags")).containsExactly("first");
        }

        @Test
        void isRevertedToTheLastFlush() {
            unitOfWork.run(em -> {
                Document document = found();
                document.title = "flushed";
                document.tags.add("flushed");
                em.flush();
                document.title = "final";
                document.tags.clear();

                changes().revert(document);

                assertThat(document.title).isEqualTo("flushed");
                assertThat(document.tags).containsExactlyInAnyOrder("first", "flushed");
                assertThat(document.version).isEqualTo(1);
            });
            assertThat(database.select("SELECT title || version FROM PendingDocument"))
                    .containsExactly("flushed1");
        }

        @Test
        void canBeChangedAgain() {
            unitOfWork.run(() -> {
                Document document = found();
                document.title = "final";
                document.tags.add("second");
                changes().revert(document);
                document.tags.add("third");
                document.title = "really final";
            });
            assertThat(database.select("SELECT title FROM PendingDocument")).containsExactly("really final");
            assertThat(database.select("SELECT tags FROM PendingDocument_tags ORDER BY 1"))
                    .containsExactly("first", "third");
        }
    }

    @Nested
    class ANewEntity {

        @Test
        void isNewUntilItWasFlushedAndNeverModified() {
            unitOfWork.run(em -> {
                Document document = new Document("b");
                assertThat(changes().isManaged(document)).isFalse();
                em.persist(document);
                document.title = "edited";

                assertThat(changes().isManaged(document)).isTrue();
                assertThat(changes().isNew(document)).isTrue();
                assertThat(changes().isModified(document)).isFalse();
                assertThat(changes().modifiedAttributes(document)).isEmpty();
                assertThat(changes().isEmpty()).isFalse();
                em.flush();
                assertThat(changes().isNew(document)).isFalse();
                assertThat(changes().isEmpty()).isTrue();
            });
        }

        @Test
        void isForgottenWhenRevertedEvenIfItCouldNotBeInserted() {
            unitOfWork.run(em -> {
                Document invalid = new Document("b");
                em.persist(invalid);
                em.persist(new Document("c"));
                invalid.title = null;
                Document duplicate = new Document("d");
                em.persist(duplicate);
                database.execute(
                        "INSERT INTO PendingDocument (id, version, title) VALUES ('d', 7, 'of somebody else')");

                changes().revert(invalid);
                changes().revert(duplicate);

                assertThat(changes().isManaged(invalid)).isFalse();
                assertThatThrownBy(() -> changes().isNew(invalid)).isInstanceOf(IllegalArgumentException.class);
                em.flush();
                assertThat(invalid.inserted).isFalse();
                assertThat(em.find(Document.class, "d").title).isEqualTo("of somebody else");
            });
            assertThat(database.select("SELECT id || version FROM PendingDocument ORDER BY id"))
                    .containsExactly("a0", "c0", "d7");
        }

        @Test
        void isForgottenWithTheChildrenThatWerePersistedAlong() {
            unitOfWork.run(em -> {
                Document document = new Document("b");
                document.tags.add("tag");
                Section section = document.section("three");
                em.persist(document);
                section.text = null;
                assertThat(changes().isNew(section)).isTrue();

                changes().revert(document);

                assertThat(changes().isManaged(section)).isFalse();
                assertThat(section.id).isNull();
                assertThat(document.tags)
                        .isNotInstanceOf(PersistentCollection.class)
                        .containsExactly("tag");
                assertThat(changes().isEmpty()).isTrue();
            });
            assertThat(database.select("SELECT count(*) FROM PendingSection")).containsExactly(2L);
        }

        @Test
        void isForgottenWithoutThoseThatWereThereBefore() {
            unitOfWork.run(em -> {
                Document document = found();
                document.title = "final";
                Section section = document.section("three");
                em.persist(section);

                changes().revert(section);
                document.sections.remove(section);

                assertThat(changes().isManaged(document)).isTrue();
            });
            assertThat(database.select("SELECT title FROM PendingDocument")).containsExactly("final");
            assertThat(database.select("SELECT text FROM PendingSection ORDER BY 1"))
                    .containsExactly("one", "two");
        }

        @Test
        void canBePersistedAgain() {
            unitOfWork.run(em -> {
                Document document = new Document("b");
                document.tags.add("tag");
                document.section("three");
                em.persist(document);
                changes().revert(document);
                document.title = "second try";
                em.persist(document);
            });
            assertThat(database.select("SELECT title FROM PendingDocument WHERE id = 'b'"))
                    .containsExactly("second try");
            assertThat(database.select("SELECT count(*) FROM PendingSection")).containsExactly(3L);
        }

        @Test
        void isForgottenIfItWasRemovedToo() {
            unitOfWork.run(em -> {
                Document document = new Document("b");
                em.persist(document);
                document.title = null;
                em.remove(document);

                changes().revert(document);

                assertThat(changes().isManaged(document)).isFalse();
                assertThat(changes().isEmpty()).isTrue();
            });
            assertThat(database.select("SELECT id FROM PendingDocument")).containsExactly("a");
        }

        @Test
        void isForgottenInOptimisticModeToo() {
            unitOfWork.with(TransactionOptions.optimistic()).run(em -> {
                Document document = new Document("b");
                em.persist(document);
                changes().revert(document);
            });
            assertThat(database.select("SELECT id FROM PendingDocument")).containsExactly("a");
        }

        @Test
        void isInsertedAtOnceIfTheDatabaseNumbersIt() {
            unitOfWork.run(em -> {
                Stamp stamp = new Stamp("s");
                em.persist(stamp);

                assertThat(changes().isNew(stamp)).isFalse();
                assertThat(changes().isEmpty()).isTrue();
            });
        }
    }

    @Nested
    class ARemovedEntity {

        @Test
        void isRemovedUntilItWasFlushedAndNotModified() {
            unitOfWork.run(em -> {
                Document document = found();
                document.title = "edited";
                em.remove(document);

                assertThat(changes().isManaged(document)).isFalse();
                assertThat(changes().isRemoved(document)).isTrue();
                assertThat(changes().isNew(document)).isFalse();
                assertThat(changes().isModified(document)).isFalse();
                assertThat(changes().modifiedAttributes(document)).isEmpty();
                assertThat(changes().isEmpty()).isFalse();
                em.flush();
                assertThatThrownBy(() -> changes().isRemoved(document)).isInstanceOf(IllegalArgumentException.class);
            });
        }

        @Test
        void isManagedAgainWhenRevertedWithItsChildren() {
            unitOfWork.run(em -> {
                Document document = found();
                document.title = "edited";
                em.remove(document);

                changes().revert(document);

                assertThat(changes().isManaged(document)).isTrue();
                assertThat(document.title).isEqualTo("draft");
                assertThat(changes().isEmpty()).isTrue();
                assertThat(em.find(Document.class, "a")).isSameAs(document);
                document.title = "kept";
            });
            assertThat(database.select("SELECT title || version FROM PendingDocument"))
                    .containsExactly("kept1");
            assertThat(database.select("SELECT count(*) FROM PendingSection")).containsExactly(2L);
        }
    }

    @Nested
    class AnUnknownObject {

        @Test
        void isNotManagedAndOtherwiseAnError() {
            unitOfWork.run(() -> {
                Document unknown = new Document("x");
                assertThat(changes().isManaged(unknown)).isFalse();
                List<Runnable> questions = List.of(
                        () -> changes().isNew(unknown),
                        () -> changes().isModified(unknown),
                        () -> changes().isRemoved(unknown),
                        () -> changes().modifiedAttributes(unknown),
                        () -> changes().revert(unknown));
                assertThat(questions)
                        .allSatisfy(question -> assertThatThrownBy(question::run)
                                .isInstanceOf(IllegalArgumentException.class)
                                .hasMessageContaining("Document"));
                assertThatThrownBy(() -> changes().isManaged("no entity"))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("java.lang.String");
            });
        }
    }

    @Test
    void mixedAreWrittenByOneFlush() {
        unitOfWork.run(em -> {
            Document document = found();
            document.title = "final";
            em.remove(document.sections.remove(0));
            em.persist(new Document("b"));
            assertThat(changes().isEmpty()).isFalse();
            em.flush();
            assertThat(changes().isEmpty()).isTrue();
        });
        assertThat(database.select("SELECT id || title FROM PendingDocument ORDER BY id"))
                .containsExactly("afinal", "bdraft");
        assertThat(database.select("SELECT text FROM PendingSection")).containsExactly("two");
    }
}
