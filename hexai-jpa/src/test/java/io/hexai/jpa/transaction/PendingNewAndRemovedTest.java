package io.hexai.jpa.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.hibernate.collection.spi.PersistentCollection;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Entities that a flush would insert or delete. */
class PendingNewAndRemovedTest extends PendingTests {

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
}
