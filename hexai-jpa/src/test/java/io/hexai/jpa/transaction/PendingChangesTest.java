package io.hexai.jpa.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PendingChangesTest extends PendingTests {

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
