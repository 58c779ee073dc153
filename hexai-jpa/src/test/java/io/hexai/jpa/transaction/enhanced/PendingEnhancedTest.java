package io.hexai.jpa.transaction.enhanced;

import static org.assertj.core.api.Assertions.assertThat;

import io.hexai.jpa.testing.EnhancingLoader;
import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.transaction.PendingChanges;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.Basic;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.hibernate.Hibernate;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.engine.spi.ManagedEntity;
import org.junit.jupiter.api.Test;

/** Pending changes of entities whose classes Hibernate has enhanced for dirty tracking, and for lazy loading. */
class PendingEnhancedTest {

    @Entity(name = "EnhancedLetter")
    static class Letter {
        @Id
        long id = 1;

        String title = "old";

        @Basic(fetch = FetchType.LAZY)
        String text = "old";

        @Embedded
        Sender sender = new Sender();

        @ElementCollection
        Set<String> tags = new HashSet<>(Set.of("a"));
    }

    @Embeddable
    static class Sender {
        String city = "Bern";
    }

    @Test
    void areFoundAndTakenBackWithTrackedChanges() throws Throwable {
        EnhancingLoader.run(PendingEnhancedTest.class, "eager", false);
    }

    @Test
    void areFoundAndTakenBackWithLazyAttributes() throws Throwable {
        EnhancingLoader.run(PendingEnhancedTest.class, "lazy", true);
    }

    private static TestFactory database() {
        assertThat(ManagedEntity.class).isAssignableFrom(Letter.class);
        TestFactory database = TestFactory.of(Map.of(AvailableSettings.TC_CLASSLOADER, "before"), Letter.class);
        UnitOfWork.of(database.factory()).run(em -> em.persist(new Letter()));
        return database;
    }

    @SuppressWarnings("unused") // called on the enhanced class
    private static void eager() {
        try (TestFactory database = database()) {
            UnitOfWork unitOfWork = UnitOfWork.of(database.factory());
            unitOfWork.run(em -> changesAreTakenBack(
                    em.find(Letter.class, 1L), unitOfWork.current().changes()));
            assertThat(database.select("SELECT title || text || city FROM EnhancedLetter"))
                    .containsExactly("oldoldBern");
        }
    }

    private static void changesAreTakenBack(Letter letter, PendingChanges changes) {
        assertThat(changes.isEmpty()).isTrue();
        letter.title = "new";
        letter.sender.city = "Basel";
        letter.tags.add("b");
        assertThat(changes.modifiedAttributes(letter)).containsExactlyInAnyOrder("title", "sender", "tags");

        changes.revert(letter);

        assertThat(letter.title + letter.sender.city + letter.tags).isEqualTo("oldBern[a]");
        assertThat(changes.isEmpty()).isTrue();
    }

    @SuppressWarnings("unused") // called on the enhanced class
    private static void lazy() {
        try (TestFactory database = database()) {
            UnitOfWork unitOfWork = UnitOfWork.of(database.factory());
            unitOfWork.run(em -> {
                Letter letter = em.find(Letter.class, 1L);
                changesAreTakenBack(letter, unitOfWork.current().changes());
                assertThat(Hibernate.isPropertyInitialized(letter, "text")).isFalse();
            });
            unitOfWork.run(em -> aLazyAttributeThatWasReadIsTakenBack(
                    em.find(Letter.class, 1L), unitOfWork.current().changes()));
            unitOfWork.run(em -> aLazyAttributeThatWasOnlyWrittenIsTakenBack(
                    em.find(Letter.class, 1L), unitOfWork.current().changes()));
            assertThat(database.select("SELECT title || text || city FROM EnhancedLetter"))
                    .containsExactly("oldoldBern");
        }
    }

    private static void aLazyAttributeThatWasReadIsTakenBack(Letter letter, PendingChanges changes) {
        assertThat(letter.text).isEqualTo("old");
        assertThat(changes.isEmpty()).isTrue();
        letter.text = "new";
        assertThat(changes.modifiedAttributes(letter)).containsExactly("text");
        changes.revert(letter);

        assertThat(letter.text).isEqualTo("old");
        assertThat(changes.isEmpty()).isTrue();
    }

    private static void aLazyAttributeThatWasOnlyWrittenIsTakenBack(Letter letter, PendingChanges changes) {
        letter.text = "new";
        assertThat(changes.modifiedAttributes(letter)).containsExactly("text");
        changes.revert(letter);

        assertThat(changes.isEmpty()).isTrue();
        assertThat(letter.text).isEqualTo("old");
    }
}
