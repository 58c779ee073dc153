package io.hexai.jpa.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.testing.ManualClock;
import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.AttributeOverride;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Id;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.Version;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.hibernate.annotations.DynamicUpdate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class TimestampsTest {

    private static final Instant LONG_AGO = Instant.parse("2001-02-03T04:05:06Z");

    @MappedSuperclass
    abstract static class Stamped {
        @Id
        long id;

        String text = "first";

        @Embedded
        Timestamps timestamps;
    }

    @Entity(name = "Note")
    static class Note extends Stamped {
        @ElementCollection
        Set<String> tags = new HashSet<>();
    }

    @Entity(name = "Article")
    @DynamicUpdate
    static class Article extends Stamped {
        @Version
        int version;

        @ElementCollection
        Set<String> tags = new HashSet<>();
    }

    @Entity(name = "Letter")
    static class Letter {
        @Id
        long id;

        String text = "first";

        @Embedded
        Trail trail = new Trail();
    }

    @Embeddable
    static class Trail {
        String author = "nobody";

        @Embedded
        @AttributeOverride(name = "createdAt", column = @Column(name = "written"))
        @AttributeOverride(name = "updatedAt", column = @Column(name = "rewritten"))
        Timestamps times;
    }

    static final ManualClock clock = new ManualClock();
    static TestFactory database;

    UnitOfWork unitOfWork;

    @BeforeAll
    static void start() {
        database = TestFactory.of(Map.of(Timestamps.CLOCK, clock), Note.class, Article.class, Letter.class);
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @BeforeEach
    void begin() {
        database.execute("TRUNCATE note, article, letter, note_tags, article_tags");
        unitOfWork = UnitOfWork.of(database.factory());
    }

    private static Instant tick() {
        clock.advance(Duration.ofNanos(1_000_001_500));
        return now();
    }

    private static Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    private <T> T persisted(T entity) {
        unitOfWork.run(em -> em.persist(entity));
        return entity;
    }

    private <T> Timestamps afterChange(T entity, Consumer<T> change) {
        unitOfWork.run(em -> {
            @SuppressWarnings("unchecked")
            Class<T> type = (Class<T>) entity.getClass();
            change.accept(em.find(type, 1L));
        });
        return stored(entity.getClass());
    }

    private Timestamps stored(Class<?> entity) {
        return unitOfWork.call(em -> ((Stamped) em.find(entity, 1L)).timestamps);
    }

    static <T extends Stamped> T withId(T entity) {
        entity.id = 1;
        return entity;
    }

    @Nested
    class AnInsert {

        @Test
        void setsBothToTheSameTime() {
            Instant time = tick();
            Note note = persisted(withId(new Note()));

            assertThat(note.timestamps).isEqualTo(new Timestamps(time, time)).isEqualTo(stored(Note.class));
        }

        @Test
        void replacesWhatTheApplicationSet() {
            Note note = withId(new Note());
            note.timestamps = new Timestamps(LONG_AGO, LONG_AGO);
            persisted(note);

            assertThat(stored(Note.class)).isEqualTo(new Timestamps(now(), now()));
        }

        @Test
        void bySessionWithoutStateSetsThemToo() {
            try (var session = database.factory().openStatelessSession()) {
                session.insert(withId(new Note()));
            }

            assertThat(stored(Note.class)).isEqualTo(new Timestamps(now(), now()));
        }
    }

    @Nested
    class AnUpdate {

        Instant inserted;

        @BeforeEach
        void insert() {
            inserted = tick();
        }

        @Test
        void setsOnlyTheTimeOfTheUpdate() {
            Note note = persisted(withId(new Note()));
            Instant updated = tick();

            assertThat(afterChange(note, n -> n.text = "second")).isEqualTo(new Timestamps(inserted, updated));
        }

        @Test
        void replacesWhatTheApplicationSet() {
            Note note = persisted(withId(new Note()));
            Instant updated = tick();

            assertThat(afterChange(note, n -> {
                        n.text = "second";
                        n.timestamps = new Timestamps(LONG_AGO, LONG_AGO);
                    }))
                    .isEqualTo(new Timestamps(inserted, updated));
        }

        @Test
        void thatChangesNothingElseIsNone() {
            Note note = persisted(withId(new Note()));
            tick();

            assertThat(afterChange(note, n -> {})).isEqualTo(new Timestamps(inserted, inserted));
        }

        @Test
        void ofSelectedColumnsContainsTheTime() {
            Article article = persisted(withId(new Article()));
            Instant updated = tick();

            assertThat(afterChange(article, a -> a.text = "second")).isEqualTo(new Timestamps(inserted, updated));
        }

        @Test
        void ofACollectionCountsWhereItIncrementsTheVersion() {
            Article article = persisted(withId(new Article()));
            Note note = persisted(withId(new Note()));
            Instant updated = tick();

            assertThat(afterChange(article, a -> a.tags.add("new"))).isEqualTo(new Timestamps(inserted, updated));
            assertThat(afterChange(note, n -> n.tags.add("new"))).isEqualTo(new Timestamps(inserted, inserted));
        }

        @Test
        void ofAMergedEntityKeepsTheTimeOfItsCreation() {
            Note note = persisted(withId(new Note()));
            Instant updated = tick();
            Note edited = withId(new Note());
            edited.text = "second";
            unitOfWork.run(em -> em.merge(edited));

            assertThat(stored(Note.class)).isEqualTo(new Timestamps(inserted, updated));
            assertThat(note.timestamps).isEqualTo(new Timestamps(inserted, inserted));
        }

        @Test
        void ofARowWithoutTimesLeavesItsCreationUnknown() {
            database.execute("INSERT INTO note (id, text) VALUES (1, 'old')");
            Instant updated = tick();

            assertThat(afterChange(new Note(), n -> n.text = "second")).isEqualTo(new Timestamps(null, updated));
        }

        @Test
        void twiceInOneTransactionMovesTheTimeTwice() {
            Note note = persisted(withId(new Note()));
            unitOfWork.run(em -> {
                Note managed = em.find(Note.class, note.id);
                managed.text = "second";
                tick();
                em.flush();
                assertThat(managed.timestamps.updatedAt()).isEqualTo(now());
                managed.text = "third";
                tick();
            });

            assertThat(stored(Note.class)).isEqualTo(new Timestamps(inserted, now()));
        }
    }

    @Nested
    class ANestedRollback {

        @Test
        void bringsBackTheTimes() {
            Instant inserted = tick();
            Note note = withId(new Note());
            unitOfWork.run(em -> {
                em.persist(note);
                em.flush();
                tick();
                assertThatThrownBy(() -> unitOfWork.with(Propagation.NESTED).run(inner -> {
                            note.text = "second";
                            inner.flush();
                            assertThat(note.timestamps.updatedAt()).isEqualTo(now());
                            throw new IllegalStateException("rolled back");
                        }))
                        .hasMessage("rolled back");
                assertThat(note.timestamps).isEqualTo(new Timestamps(inserted, inserted));
            });

            assertThat(stored(Note.class)).isEqualTo(new Timestamps(inserted, inserted));
        }
    }

    @Nested
    class WithManagementOff {

        private void unmanaged(Consumer<EntityManager> work) {
            unitOfWork.run(em -> {
                em.setProperty(Timestamps.MANAGED, false);
                work.accept(em);
            });
        }

        @Test
        void keepsWhatTheApplicationSets() {
            Note note = withId(new Note());
            note.timestamps = new Timestamps(LONG_AGO, LONG_AGO.plusSeconds(1));
            unmanaged(em -> em.persist(note));
            assertThat(stored(Note.class)).isEqualTo(note.timestamps);

            Timestamps corrected = new Timestamps(LONG_AGO.minusSeconds(9), LONG_AGO);
            unmanaged(em -> em.find(Note.class, 1L).timestamps = corrected);
            assertThat(stored(Note.class)).isEqualTo(corrected);
        }

        @Test
        void leavesTheTimesAloneWhenOtherAttributesChange() {
            Instant inserted = tick();
            persisted(withId(new Note()));
            persisted(withId(new Article()));
            tick();
            unmanaged(em -> {
                em.find(Note.class, 1L).text = "second";
                em.find(Article.class, 1L).text = "second";
            });

            assertThat(stored(Note.class)).isEqualTo(new Timestamps(inserted, inserted));
            assertThat(stored(Article.class)).isEqualTo(new Timestamps(inserted, inserted));
            assertThat(database.select("SELECT text FROM note")).containsExactly("second");
        }

        @Test
        void isOnAgainInTheNextUnitOfWork() {
            Note note = withId(new Note());
            unmanaged(em -> em.persist(note));
            assertThat(stored(Note.class)).isNull();

            Instant updated = tick();
            assertThat(afterChange(note, n -> n.text = "second")).isEqualTo(new Timestamps(null, updated));
        }

        @Test
        void canBeSoForAWholeFactoryAndOnForAUnitOfWork() {
            try (TestFactory unmanaged = TestFactory.of(Map.of(Timestamps.MANAGED, "false"), Note.class)) {
                UnitOfWork ofFactory = UnitOfWork.of(unmanaged.factory());
                ofFactory.run(em -> em.persist(withId(new Note())));
                assertThat(unmanaged.select("SELECT updatedat FROM note"))
                        .hasSize(1)
                        .containsOnlyNulls();

                ofFactory.run(em -> {
                    em.setProperty(Timestamps.MANAGED, true);
                    em.find(Note.class, 1L).text = "second";
                });
                assertThat(unmanaged.select("SELECT updatedat FROM note")).doesNotContainNull();
            }
        }
    }

    @Nested
    class InsideAnotherEmbeddable {

        @Test
        void areKeptInTheColumnsNamedThere() {
            Instant inserted = tick();
            Letter letter = new Letter();
            letter.id = 1;
            persisted(letter);
            Instant updated = tick();
            unitOfWork.run(em -> em.find(Letter.class, 1L).text = "second");

            Trail trail = unitOfWork.call(em -> em.find(Letter.class, 1L).trail);
            assertThat(trail.times).isEqualTo(new Timestamps(inserted, updated));
            assertThat(database.select("SELECT written < rewritten FROM letter"))
                    .containsExactly(true);
        }
    }
}
